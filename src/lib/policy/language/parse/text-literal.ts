import { readEscape } from './escapes.ts';
import { ParseFailure } from './failure.ts';
import type { Token } from './token.ts';

interface Opening {
  readonly bytes: boolean;
  readonly raw: boolean;
  /** `'`, `"`, or three of either. */
  readonly quote: string;
  /** Where the content starts. */
  readonly content: number;
}

/** The string or bytes literal at `offset`; null where none begins there. */
export function readTextLiteral(text: string, offset: number): Token | null {
  const opening = openingAt(text, offset);
  if (opening === null) {
    return null;
  }
  const end = closingAt(text, offset, opening);
  const pieces = piecesOf(text, opening, end - opening.quote.length);
  return opening.bytes
    ? { kind: 'bytes', offset, end, value: bytesOf(pieces) }
    : { kind: 'string', offset, end, value: stringOf(pieces) };
}

function openingAt(text: string, offset: number): Opening | null {
  let at = offset;
  const bytes = text[at] === 'b' || text[at] === 'B';
  at += bytes ? 1 : 0;
  const raw = text[at] === 'r' || text[at] === 'R';
  at += raw ? 1 : 0;
  const mark = text.charAt(at);
  if (mark !== '"' && mark !== "'") {
    return null;
  }
  const quote = text.startsWith(mark.repeat(3), at) ? mark.repeat(3) : mark;
  return { bytes, raw, quote, content: at + quote.length };
}

/** The offset after the closing quote. */
function closingAt(text: string, offset: number, { quote, raw, content }: Opening): number {
  for (let at = content; at < text.length; at += 1) {
    const char = text[at];
    if (char === quote[0] && text.startsWith(quote, at)) {
      return at + quote.length;
    }
    if (char === '\\' && !raw) {
      at += 1;
    } else if (quote.length === 1 && (char === '\n' || char === '\r')) {
      throw new ParseFailure(`the text has no closing ${quote} on its line`, offset, at - offset);
    }
  }
  throw new ParseFailure(`the text has no closing ${quote}`, offset, text.length - offset);
}

/** Runs of plain text, and the codes of escapes. Line ends are `\n`, however the file has them. */
function piecesOf(text: string, { raw, bytes, content }: Opening, end: number): readonly (string | number)[] {
  const pieces: (string | number)[] = [];
  let start = content;
  let at = content;
  while (at < end) {
    const char = text[at];
    if (char === '\r') {
      pieces.push(text.slice(start, at), '\n');
      at += text[at + 1] === '\n' ? 2 : 1;
      start = at;
    } else if (char === '\\' && !raw) {
      const escape = readEscape(text, at, bytes);
      pieces.push(text.slice(start, at), escape.code);
      at += escape.length;
      start = at;
    } else {
      at += 1;
    }
  }
  pieces.push(text.slice(start, end));
  return pieces;
}

function stringOf(pieces: readonly (string | number)[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : String.fromCodePoint(piece))).join('');
}

function bytesOf(pieces: readonly (string | number)[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts = pieces.map((piece) => (typeof piece === 'string' ? encoder.encode(piece) : Uint8Array.of(piece)));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
