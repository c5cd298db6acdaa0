import { isHexDigit } from './characters.ts';
import { ParseFailure } from './failure.ts';

const SIMPLE: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['"', 34],
  ["'", 39],
  ['`', 96],
  ['\\', 92],
  ['?', 63],
]);

export interface Escape {
  /** A code point; in bytes a byte. */
  readonly code: number;
  /** Of the text of the escape, with its backslash. */
  readonly length: number;
}

/** The escape at `offset`, where a backslash is (language definition, "String and Bytes Values"). */
export function readEscape(text: string, offset: number, bytes: boolean): Escape {
  const letter = text.charAt(offset + 1);
  const simple = SIMPLE.get(letter);
  if (simple !== undefined) {
    return { code: simple, length: 2 };
  }
  if (letter === 'x' || letter === 'X') {
    return { code: hexadecimal(text, offset, 2), length: 4 };
  }
  if (letter >= '0' && letter <= '3') {
    return { code: octal(text, offset), length: 4 };
  }
  if ((letter === 'u' || letter === 'U') && !bytes) {
    const digits = letter === 'u' ? 4 : 8;
    const code = hexadecimal(text, offset, digits);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      throw new ParseFailure('the escape is no code point of Unicode', offset, digits + 2);
    }
    return { code, length: digits + 2 };
  }
  throw new ParseFailure(`there is no such escape in ${bytes ? 'bytes' : 'a string'}`, offset, 2);
}

function hexadecimal(text: string, offset: number, count: number): number {
  for (let index = 0; index < count; index += 1) {
    if (!isHexDigit(text.charCodeAt(offset + 2 + index))) {
      throw new ParseFailure(`the escape needs ${count} hexadecimal digits`, offset, 2 + index);
    }
  }
  return Number.parseInt(text.slice(offset + 2, offset + 2 + count), 16);
}

function octal(text: string, offset: number): number {
  for (let index = 2; index < 4; index += 1) {
    const code = text.charCodeAt(offset + index);
    if (!(code >= 48 && code <= 55)) {
      throw new ParseFailure('the escape needs three octal digits', offset, index);
    }
  }
  return Number.parseInt(text.slice(offset + 1, offset + 4), 8);
}
