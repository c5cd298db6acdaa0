import { PackagesError } from './error.ts';

const decoder = new TextDecoder('utf-8');
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 text without its byte order mark. Descriptive files hold stray Latin-1 bytes: these become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** UTF-8 text as it is, with its byte order mark. Throws `PACKAGE_METADATA_INVALID`, which begins with `problem`, for other bytes. */
export function decodeExactly(bytes: Uint8Array, object: string, problem: string): string {
  try {
    return strictDecoder.decode(bytes);
  } catch (error) {
    const detail = { object, expected: 'UTF-8 text', found: 'bytes that are not UTF-8', cause: error };
    throw new PackagesError('PACKAGE_METADATA_INVALID', problem, detail);
  }
}

/** What is between two quotation marks; any other text as it is. */
export function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/** The lines of a text without their LF or CRLF, one at a time: an array of them could be larger than any limit on the text. */
export function* linesOf(text: string): Generator<string, void> {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    yield text.slice(start, end > start && text[end - 1] === '\r' ? end - 1 : end);
    start = end + 1;
  }
}
