import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import type { Identifier } from '../semver/parse.ts';
import { parseIdentifiers } from '../semver/parse.ts';
import { endOfDigits, toNumeral } from '../text.ts';

/** A version of NuGet without its metadata, which has no part in the order. */
export interface NugetVersion {
  /** Four numerals; those that the text leaves out are 0. */
  readonly numbers: readonly string[];
  /** In lower case, numerals without leading zeros; empty for a release. */
  readonly prerelease: readonly Identifier[];
}

const PARTS = 4;
const EXPECTED = 'N[.N[.N[.N]]][-prerelease][+metadata] (NuGet)';

/** Reads what NuGetVersion takes: semantic versions, and one to four numbers with leading zeros. */
export function parseNuget(text: string): Parsed<NugetVersion> {
  const plus = text.indexOf('+');
  const ordered = plus === -1 ? text : text.slice(0, plus);
  const dash = ordered.indexOf('-');
  const numbers = (dash === -1 ? ordered : ordered.slice(0, dash)).split('.');
  if (numbers.length > PARTS || !numbers.every(isDigits)) {
    return invalid(text, EXPECTED);
  }
  const prerelease = dash === -1 ? [] : parseIdentifiers(ordered.slice(dash + 1));
  const metadata = plus === -1 ? [] : parseIdentifiers(text.slice(plus + 1));
  if (prerelease === null || metadata === null) {
    return invalid(text, `${EXPECTED}, with identifiers of letters, digits and hyphens`);
  }
  return { ok: true, version: { numbers: padded(numbers), prerelease: prerelease.map(normalise) } };
}

function isDigits(text: string): boolean {
  return text !== '' && endOfDigits(text, 0) === text.length;
}

function padded(numbers: readonly string[]): readonly string[] {
  const all = numbers.map(toNumeral);
  while (all.length < PARTS) {
    all.push('0');
  }
  return all;
}

function normalise({ text, numeric }: Identifier): Identifier {
  return { text: numeric ? toNumeral(text) : text.toLowerCase(), numeric };
}
