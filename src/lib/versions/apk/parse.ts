import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DASH, DOT, endOfDigits, isDigit, isLower, TILDE, UNDERSCORE } from '../text.ts';

/**
 * What a token says about a version that has all tokens before it in common with another one: a pre-release suffix makes it
 * older than one that ends there, everything else makes it newer.
 */
export const RANK = {
  alpha: 0,
  beta: 1,
  pre: 2,
  rc: 3,
  end: 4,
  revision: 5,
  hash: 6,
  suffixNumber: 7,
  cvs: 8,
  svn: 9,
  git: 10,
  hg: 11,
  p: 12,
  letter: 13,
  component: 14,
  first: 15,
} as const;

export interface Token {
  /** One of `RANK`. */
  readonly rank: number;
  /** Digits as written, the letter, or the hash; empty for suffixes and the end. */
  readonly text: string;
}

/** The tokens in order, closed by one of rank `end`. */
export type ApkVersion = readonly Token[];

const { alpha, beta, pre, rc, cvs, svn, git, hg, p } = RANK;
const SUFFIXES: ReadonlyMap<string, number> = new Map(Object.entries({ alpha, beta, pre, rc, cvs, svn, git, hg, p }));
const GRAMMAR = 'digits{.digits}[letter]{_suffix[digits]}[~hash][-r digits]';

/** Reads apk-package(5), `pkgver`: `number{.number}[letter]{_suffix[number]}[~hash][-rN]`. */
export function parseApk(text: string): Parsed<ApkVersion> {
  const tokens: Token[] = [];
  let at = 0;
  function take(rank: number, end: number): boolean {
    if (end === at) {
      return false;
    }
    tokens.push({ rank, text: text.slice(at, end) });
    at = end;
    return true;
  }

  if (!take(RANK.first, endOfDigits(text, 0))) {
    return invalid(text, `${GRAMMAR}, starting with a digit`);
  }
  while (text.charCodeAt(at) === DOT) {
    at += 1;
    if (!take(RANK.component, endOfDigits(text, at))) {
      return invalid(text, `${GRAMMAR}, a digit after every dot`);
    }
  }
  if (isLower(text.charCodeAt(at))) {
    take(RANK.letter, at + 1);
  }
  while (text.charCodeAt(at) === UNDERSCORE) {
    const end = endOf(text, at + 1, isLower);
    const rank = SUFFIXES.get(text.slice(at + 1, end));
    if (rank === undefined) {
      return invalid(text, `${GRAMMAR}, where a suffix is one of ${[...SUFFIXES.keys()].join(' ')}`);
    }
    tokens.push({ rank, text: '' });
    at = end;
    take(RANK.suffixNumber, endOfDigits(text, at));
  }
  if (text.charCodeAt(at) === TILDE) {
    at += 1;
    if (!take(RANK.hash, endOf(text, at, isHex))) {
      return invalid(text, `${GRAMMAR}, a lower-case hexadecimal hash after the tilde`);
    }
  }
  if (text.charCodeAt(at) === DASH && text[at + 1] === 'r') {
    at += 2;
    if (!take(RANK.revision, endOfDigits(text, at))) {
      return invalid(text, `${GRAMMAR}, digits after -r`);
    }
  }
  if (at !== text.length) {
    return invalid(text, `${GRAMMAR}, and nothing after it`);
  }
  tokens.push({ rank: RANK.end, text: '' });
  return { ok: true, version: tokens };
}

function endOf(text: string, from: number, belongs: (code: number) => boolean): number {
  let at = from;
  while (belongs(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x66);
}
