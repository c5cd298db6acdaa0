import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DASH, DOT, endOfDigits, isDigit, isLetter, TILDE, toNumeral, UNDERSCORE } from '../text.ts';

export interface GenericVersion {
  /** Numerals of any length, without leading zeros. */
  readonly numbers: readonly string[];
  readonly parts: readonly Part[];
}

/** What is behind the numbers: older than nothing with a negative rank, else newer. */
export interface Part {
  readonly rank: number;
  readonly number: string;
}

/** Words with the number that may follow them. Single letters count as these only in front of a number: `1.0b2`, and not `1.1.1b`. */
const WORDS: ReadonlyMap<string, number> = new Map([
  ['dev', -6],
  ['snapshot', -6],
  ['a', -5],
  ['alpha', -5],
  ['b', -4],
  ['beta', -4],
  ['m', -3],
  ['milestone', -3],
  ['pre', -2],
  ['preview', -2],
  ['c', -1],
  ['cr', -1],
  ['rc', -1],
  ['p', 1],
  ['pl', 1],
  ['patch', 1],
  ['sp', 1],
  ['u', 1],
  ['update', 1],
]);

/** Stands behind all updates of a version: what a bound becomes that says nothing of updates. */
const EVERY_UPDATE: Part = { rank: 2, number: '0' };
/** A number alone behind a dash is a release of its own, as in `7.1.1-15`, and so is a letter: `1.1.1k`. */
const RELEASE = 3;
const LETTER = 4;

const EXPECTED = 'numbers with dots, then a letter or words such as rc1, beta2, p1';

/**
 * Reads the versions of programs that follow no published grammar: `1.25.3`, `1.1.1k`, `1.0.2zh`, `9.2p1`, `4.1.4-rc.1`,
 * `7.1.1-15`. Whatever has other marks or words is refused, since nothing says where it belongs.
 */
export function parseGeneric(text: string): Parsed<GenericVersion> {
  const numbers: string[] = [];
  let at = text.startsWith('v') || text.startsWith('V') ? 1 : 0;
  for (;;) {
    const end = endOfDigits(text, at);
    if (end === at) {
      return invalid(text, EXPECTED);
    }
    numbers.push(toNumeral(text.slice(at, end)));
    at = end;
    if (text.charCodeAt(at) !== DOT || !isDigit(text.charCodeAt(at + 1))) {
      break;
    }
    at += 1;
  }
  const parts = parseParts(text, at);
  return parts === null ? invalid(text, EXPECTED) : { ok: true, version: { numbers, parts } };
}

function parseParts(text: string, from: number): readonly Part[] | null {
  const parts: Part[] = [];
  let at = from;
  while (at < text.length) {
    const isMarked = isMark(text.charCodeAt(at));
    const start = isMarked ? at + 1 : at;
    const wordEnd = endOfLetters(text, start);
    const word = text.slice(start, wordEnd).toLowerCase();
    const rank = WORDS.get(word);
    if (isMarked && text.slice(start) === '*') {
      return [...parts, EVERY_UPDATE];
    }
    if (rank !== undefined && (word.length > 1 || isDigit(text.charCodeAt(wordEnd)))) {
      const digits = startOfDigits(text, wordEnd);
      at = endOfDigits(text, digits);
      parts.push({ rank, number: toNumeral(text.slice(digits, at)) });
    } else if (word === '' && isMarked && isDigit(text.charCodeAt(start))) {
      at = endOfDigits(text, start);
      parts.push({ rank: RELEASE, number: toNumeral(text.slice(start, at)) });
    } else if (!isMarked && at === from && isLetterOfRelease(word) && !isDigit(text.charCodeAt(wordEnd))) {
      at = wordEnd;
      parts.push({ rank: LETTER + letterOf(word), number: '0' });
    } else {
      return null;
    }
  }
  return parts;
}

/** `rc.1` and `rc-1` are `rc1`. */
function startOfDigits(text: string, from: number): number {
  return isMark(text.charCodeAt(from)) && isDigit(text.charCodeAt(from + 1)) ? from + 1 : from;
}

function isLetterOfRelease(word: string): boolean {
  return word.length === 1 || (word.length === 2 && word.startsWith('z'));
}

/** `a` to `z`, then `za` to `zz`, as OpenSSL counts on. */
function letterOf(word: string): number {
  return word.length === 1 ? word.charCodeAt(0) : 0x100 + word.charCodeAt(1);
}

function isMark(code: number): boolean {
  return code === DASH || code === DOT || code === UNDERSCORE || code === TILDE;
}

function endOfLetters(text: string, from: number): number {
  let at = from;
  while (isLetter(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}
