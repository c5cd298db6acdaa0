import type { VersionShape } from './classifier.ts';

/** A version in a file, and where it ends. */
export interface VersionText {
  readonly text: string;
  readonly end: number;
}

/** No version is longer; what is longer is none. */
export const VERSION_BYTES = 48;

const PRE_RELEASES = ['-alpha', '-beta', '-rc', '-dev', '-pre', 'alpha', 'beta', 'rc', 'RC', 'dev', 'a', 'b'] as const;
const DOT = 0x2e;

/** Numbers with dots between them, and a suffix that the shape permits. Null when that is not what stands there. */
export function readVersion(bytes: Buffer, start: number, shape: VersionShape): VersionText | null {
  const numbersEnd = endOfNumbers(bytes, start, shape.numbers ?? 2);
  if (numbersEnd === null) {
    return null;
  }
  const suffixEnd = endOfSuffix(bytes, numbersEnd, shape);
  if (suffixEnd === numbersEnd && shape.suffixed === true) {
    return null;
  }
  const ignored = shape.ignored === undefined ? null : endOfWord(bytes, suffixEnd, shape.ignored);
  return { text: bytes.toString('latin1', start, suffixEnd), end: ignored ?? suffixEnd };
}

/** Null for fewer numbers than that, or for more text than a version has. */
function endOfNumbers(bytes: Buffer, start: number, least: number): number | null {
  let at = start;
  let numbers = 0;
  while (isDigit(bytes[at])) {
    while (isDigit(bytes[at])) {
      at += 1;
      if (at - start > VERSION_BYTES) {
        return null;
      }
    }
    numbers += 1;
    if (bytes[at] !== DOT || !isDigit(bytes[at + 1])) {
      break;
    }
    at += 1;
  }
  return numbers < least ? null : at;
}

function endOfSuffix(bytes: Buffer, start: number, { suffixes = [], letter }: VersionShape): number {
  for (const word of [...suffixes, ...PRE_RELEASES]) {
    const end = endOfWord(bytes, start, word);
    if (end !== null) {
      return end;
    }
  }
  return letter === true && isLowerCase(bytes[start]) && !isLowerCase(bytes[start + 1]) ? start + 1 : start;
}

/** Behind the word and the number that follows it. */
function endOfWord(bytes: Buffer, start: number, word: string): number | null {
  if (!startsWithAt(bytes, start, word)) {
    return null;
  }
  let at = start + word.length;
  while (isDigit(bytes[at]) && at - start < VERSION_BYTES) {
    at += 1;
  }
  return at === start + word.length ? null : at;
}

/** The text has single bytes only. */
export function startsWithAt(bytes: Buffer, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[start + index] !== text.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isLowerCase(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x61 && byte <= 0x7a;
}

/** Nothing that begins behind such a byte is a version. */
export function isPartOfWord(byte: number | undefined): boolean {
  return byte !== undefined && (isDigit(byte) || byte === DOT || isLowerCase(byte) || isLowerCase(byte | 0x20));
}
