import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DASH, DOT, endOfDigits, isDigit, isLetter, toNumeral, UNDERSCORE } from '../text.ts';

/** A version as the "Version Order Specification" of the POM reference splits and trims it. */
export type MavenVersion = readonly Token[];

export interface Token {
  /** The place of its kind; within `OTHER` the texts decide, within `BEHIND_DASH` and `BEHIND_DOT` the values. */
  readonly rank: number;
  /** A numeral without leading zeros, or a word in lower case. */
  readonly text: string;
}

/** Words that come before the release, the release itself, and `sp`, which comes after it. */
const QUALIFIERS: ReadonlyMap<string, number> = new Map([
  ['alpha', 0],
  ['beta', 1],
  ['milestone', 2],
  ['rc', 3],
  ['cr', 3],
  ['snapshot', 4],
  ['final', 5],
  ['ga', 5],
  ['release', 5],
  ['sp', 6],
]);
/** Right before a number one letter is enough. */
const SHORT: ReadonlyMap<string, number> = new Map([
  ['a', 0],
  ['b', 1],
  ['m', 2],
]);
/** What the end of a version counts as. */
export const RELEASE = 5;
export const OTHER = 7;
const BEHIND_DASH = 8;
const BEHIND_DOT = 9;
const PLUS = 0x2b;

/** Reads ASCII letters and digits with dots, dashes, underscores and plus signs: all that repositories take as a version. */
export function parseMaven(text: string): Parsed<MavenVersion> {
  if (text === '' || !isWritten(text)) {
    return invalid(text, 'letters, digits, dots, dashes, underscores and plus signs (Maven)');
  }
  const tokens: Token[] = [];
  let behindDot = true;
  for (let at = 0; at <= text.length; ) {
    const isNumber = isDigit(text.charCodeAt(at));
    const end = isNumber ? endOfDigits(text, at) : endOfWord(text, at);
    add(tokens, text.slice(at, end), isNumber || end === at, behindDot, isDigit(text.charCodeAt(end)));
    const separator = text.charCodeAt(end);
    const isSeparator = separator === DOT || separator === DASH;
    behindDot = separator === DOT;
    at = isSeparator || end === text.length ? end + 1 : end;
  }
  trim(tokens);
  return { ok: true, version: tokens };
}

/** `.word` counts as `-word`, and what is in front of a dash is trimmed at its end. */
function add(tokens: Token[], text: string, isNumber: boolean, behindDot: boolean, beforeDigit: boolean): void {
  if (!isNumber || !behindDot) {
    trim(tokens);
  }
  if (isNumber) {
    tokens.push({ rank: behindDot ? BEHIND_DOT : BEHIND_DASH, text: toNumeral(text) });
    return;
  }
  const word = text.toLowerCase();
  const rank = QUALIFIERS.get(word) ?? (beforeDigit ? SHORT.get(word) : undefined) ?? OTHER;
  tokens.push({ rank, text: rank === OTHER ? word : '' });
}

/** Takes zeros and words for the release off the end, but never the first token. */
function trim(tokens: Token[]): void {
  for (let last = tokens.at(-1); tokens.length > 1 && last !== undefined && isNull(last); last = tokens.at(-1)) {
    tokens.pop();
  }
}

function isNull({ rank, text }: Token): boolean {
  return rank === RELEASE || (rank > OTHER && text === '0');
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && isInWord(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}

function isInWord(code: number): boolean {
  return isLetter(code) || code === UNDERSCORE || code === PLUS;
}

function isWritten(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isInWord(code) && !isDigit(code) && code !== DOT && code !== DASH) {
      return false;
    }
  }
  return true;
}
