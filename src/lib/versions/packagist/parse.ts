import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DASH, DOT, endOfDigits, isDigit, isLetter, toNumeral, UNDERSCORE } from '../text.ts';

/** The parts of a version as PHP's version_compare splits it. */
export type PackagistVersion = readonly Part[];

export interface Part {
  /** The place of its kind; only numbers are compared further. */
  readonly rank: number;
  /** A numeral without leading zeros; empty for a word. */
  readonly text: string;
}

/** Words are known by how they start; one that is not comes before all that are. */
const WORDS: readonly (readonly [start: string, rank: number])[] = [
  ['dev', 1],
  ['a', 2],
  ['b', 3],
  ['rc', 4],
  ['p', 7],
];
const OTHER = 0;
/** What the end of a version counts as. */
export const END = 5;
export const NUMBER = 6;
const SLASH = 0x2f;
const BRANCH = 'dev-';
const EXPECTED = '[v]N(.N)*[{dev|alpha|beta|RC|patch}N][+build] or dev-BRANCH (Composer)';

/** Reads versions as Composer has them, the build taken off, and the names of branches. */
export function parsePackagist(text: string): Parsed<PackagistVersion> {
  const isBranch = text.startsWith(BRANCH);
  const plus = isBranch ? -1 : text.indexOf('+');
  const end = plus === -1 ? text.length : plus;
  const start = text[0] === 'v' || text[0] === 'V' ? 1 : 0;
  const isBuilt = plus === -1 || (plus < text.length - 1 && isWritten(text, plus + 1, text.length, false));
  if (!(isBranch || isDigit(text.charCodeAt(start))) || !isWritten(text, start, end, isBranch) || !isBuilt) {
    return invalid(text, EXPECTED);
  }
  return { ok: true, version: partsOf(text, start, end) };
}

function partsOf(text: string, start: number, end: number): PackagistVersion {
  const parts: Part[] = [];
  for (let at = start; at < end; ) {
    const code = text.charCodeAt(at);
    const next = isDigit(code) ? endOfDigits(text, at) : endOfLetters(text, at);
    if (next > at) {
      const run = text.slice(at, next);
      parts.push(
        isDigit(code) ? { rank: NUMBER, text: toNumeral(run) } : { rank: rankOf(run.toLowerCase()), text: '' },
      );
    }
    at = next > at ? next : at + 1;
  }
  return parts;
}

function rankOf(word: string): number {
  return WORDS.find(([start]) => word.startsWith(start))?.[1] ?? OTHER;
}

function endOfLetters(text: string, from: number): number {
  let at = from;
  while (isLetter(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}

function isWritten(text: string, from: number, to: number, isBranch: boolean): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    const isPart = isDigit(code) || isLetter(code) || code === DOT || code === DASH || code === UNDERSCORE;
    if (!isPart && !(isBranch && code === SLASH)) {
      return false;
    }
  }
  return true;
}
