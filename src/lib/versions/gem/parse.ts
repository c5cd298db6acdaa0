import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DASH, DOT, endOfDigits, isDigit, isLetter, toNumeral } from '../text.ts';

/** A version as Gem::Version compares it: zeros at the end of its numbers, and right before its first word, are left out. */
export interface GemVersion {
  readonly segments: readonly Segment[];
}

export interface Segment {
  /** A numeral of any length, or letters. */
  readonly text: string;
  readonly numeric: boolean;
}

const EXPECTED = 'numbers and words separated by dots, a number first (Gem::Version)';
/** What a dash stands for. */
const PRERELEASE: Segment = { text: 'pre', numeric: false };

/** Reads what `Gem::Version.correct?` takes, but not the empty text, which it takes for 0. */
export function parseGem(text: string): Parsed<GemVersion> {
  const trimmed = trim(text);
  const segments = isWellFormed(trimmed) ? segmentsOf(trimmed) : null;
  return segments === null ? invalid(text, EXPECTED) : { ok: true, version: { segments: canonical(segments) } };
}

/** A number, then parts behind dots, and behind the first dash parts that may have more dashes in them. */
function isWellFormed(text: string): boolean {
  let at = endOfDigits(text, 0);
  let dashed = false;
  let partStart = 0;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DASH && !dashed) {
      if (at === partStart) {
        return false;
      }
      dashed = true;
      partStart = at + 1;
    } else if (code === DOT) {
      if (at === partStart) {
        return false;
      }
      partStart = at + 1;
    } else if (!isPartOf(code, dashed) || (partStart === 0 && !dashed)) {
      return false;
    }
  }
  return text.length > partStart && isDigit(text.charCodeAt(0));
}

function isPartOf(code: number, dashed: boolean): boolean {
  return isDigit(code) || isLetter(code) || (dashed && code === DASH);
}

/** Runs of digits and of letters; what stands between them does not count. */
function segmentsOf(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    const end = isDigit(code) ? endOfDigits(text, at) : endOfLetters(text, at);
    if (end === at) {
      at += 1;
      if (code === DASH) {
        segments.push(PRERELEASE);
      }
      continue;
    }
    const run = text.slice(at, end);
    segments.push(isDigit(code) ? { text: toNumeral(run), numeric: true } : { text: run, numeric: false });
    at = end;
  }
  return segments;
}

function endOfLetters(text: string, from: number): number {
  let at = from;
  while (isLetter(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}

/** 1.0.0 is 1, and 1.0.a is 1.a. */
function canonical(segments: readonly Segment[]): readonly Segment[] {
  const word = segments.findIndex(({ numeric }) => !numeric);
  const split = word === -1 ? segments.length : word;
  return [...withoutZeros(segments.slice(0, split)), ...withoutZeros(segments.slice(split))];
}

function withoutZeros(segments: readonly Segment[]): readonly Segment[] {
  return segments.slice(0, segments.findLastIndex(({ text }) => text !== '0') + 1);
}

/** Ruby's white space, which is fewer characters than this language's. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) {
    start += 1;
  }
  while (end > start && isSpace(text.charCodeAt(end - 1))) {
    end -= 1;
  }
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
