const decoder = new TextDecoder('utf-8');

/** UTF-8 text without its byte order mark. Descriptive files hold stray Latin-1 bytes: these become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
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
