import { compareText } from '#base/compare.ts';
import type { Order } from '../scheme.ts';
import { compareLists, compareNumerals, compareRanks } from '../text.ts';
import type { Identifier, SemverVersion } from './parse.ts';

/** Semantic Versioning 2.0.0, item 11. */
export function orderSemver(a: SemverVersion, b: SemverVersion): Order {
  return (
    compareNumerals(a.core[0], b.core[0]) ||
    compareNumerals(a.core[1], b.core[1]) ||
    compareNumerals(a.core[2], b.core[2]) ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

/** A release is newer than all of its prereleases (items 9 and 11). */
export function comparePrereleases(a: readonly Identifier[], b: readonly Identifier[]): Order {
  return a.length === 0 || b.length === 0 ? compareRanks(b.length, a.length) : compareLists(a, b, compareIdentifiers);
}

/** Item 11: numbers by value and below words, words by their code units. */
export function compareIdentifiers(a: Identifier, b: Identifier): Order {
  if (a.numeric && b.numeric) {
    return compareNumerals(a.text, b.text);
  }
  if (a.numeric !== b.numeric) {
    return a.numeric ? -1 : 1;
  }
  return compareText(a.text, b.text);
}
