import { LIMITS, limitExceeded } from '#base/limits.ts';
import { decodeText } from '../../text.ts';

/** The packages that are installed in a switch of opam, `NAME.VERSION` each; null when the file does not say. */
export function parseSwitchState(bytes: Uint8Array, object: string): readonly string[] | null {
  const text = decodeText(bytes);
  let field: string | null = null;
  let isInList = false;
  let installed: string[] | null = null;
  for (const token of tokensOf(text)) {
    if (token === '[') {
      isInList = true;
    } else if (token === ']') {
      isInList = false;
      field = null;
    } else if (!isInList && token.endsWith(':')) {
      field = token.slice(0, -1);
      if (field === 'installed') {
        installed ??= [];
      }
    } else if (field === 'installed' && token.startsWith('"')) {
      installed?.push(token.slice(1));
      if ((installed?.length ?? 0) > LIMITS.packagesPerFile) {
        throw limitExceeded(object, LIMITS.packagesPerFile, 'packages');
      }
    }
  }
  // A list without an end may have lost packages.
  return isInList ? null : installed;
}

/** Brackets, names of fields with their colon, and texts with a quotation mark before them (opam manual, "File format"). */
function* tokensOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '#') {
      const newline = text.indexOf('\n', at);
      at = newline === -1 ? text.length : newline;
    } else if (char === '"') {
      const end = closingQuotation(text, at + 1);
      yield text.slice(at, end);
      at = end;
    } else if (char === '[' || char === ']') {
      yield char;
    } else if (isWordCharacter(char)) {
      const start = at;
      while (isWordCharacter(text[at + 1] ?? '')) {
        at += 1;
      }
      yield text.slice(start, at + 1);
    }
  }
}

function closingQuotation(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== '"') {
    at += text[at] === '\\' ? 2 : 1;
  }
  return Math.min(at, text.length);
}

function isWordCharacter(char: string): boolean {
  return (char >= 'a' && char <= 'z') || char === '-' || char === ':';
}
