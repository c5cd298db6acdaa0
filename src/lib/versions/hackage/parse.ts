import type { Numbers } from '../cran/parse.ts';
import { parseNumbers } from '../cran/parse.ts';
import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DOT } from '../text.ts';

/** Reads a version of the Haskell Package Versioning Policy: numbers with a dot between two, no tags. */
export function parseHackage(text: string): Parsed<Numbers> {
  const numbers = parseNumbers(text, (code) => code === DOT);
  return numbers === null
    ? invalid(text, 'numbers separated by dots (Haskell Package Versioning Policy)')
    : { ok: true, version: numbers };
}
