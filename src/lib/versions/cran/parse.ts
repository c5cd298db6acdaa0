import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DASH, DOT, endOfDigits, toNumeral } from '../text.ts';

/** Numbers of any length, without leading zeros. */
export type Numbers = readonly string[];

/** Reads what R's `numeric_version` takes: numbers with a dot or a dash between two. */
export function parseCran(text: string): Parsed<Numbers> {
  const numbers = parseNumbers(text, (code) => code === DOT || code === DASH);
  return numbers === null
    ? invalid(text, 'numbers separated by dots or dashes (numeric_version of R)')
    : { ok: true, version: numbers };
}

/** Null for anything but digits with one separator between two runs. */
export function parseNumbers(text: string, isSeparator: (code: number) => boolean): Numbers | null {
  const numbers: string[] = [];
  for (let at = 0; ; at += 1) {
    const end = endOfDigits(text, at);
    if (end === at) {
      return null;
    }
    numbers.push(toNumeral(text.slice(at, end)));
    if (end === text.length) {
      return numbers;
    }
    if (!isSeparator(text.charCodeAt(end))) {
      return null;
    }
    at = end;
  }
}
