import { compareText } from '#base/compare.ts';
import type { Order } from '../scheme.ts';
import { compareNumerals, compareRanks } from '../text.ts';
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

function comparePrereleases(a: readonly Identifier[], b: readonly Identifier[]): Order {
  if (a.length === 0 || b.length === 0) {
    // A release is newer than all of its prereleases.
    return compareRanks(b.length, a.length);
  }
  for (const [index, left] of a.entries()) {
    const right = b[index];
    const order = right === undefined ? 1 : compareIdentifiers(left, right);
    if (order !== 0) {
      return order;
    }
  }
  return a.length < b.length ? -1 : 0;
}

function compareIdentifiers(a: Identifier, b: Identifier): Order {
  if (a.numeric && b.numeric) {
    return compareNumerals(a.text, b.text);
  }
  if (a.numeric !== b.numeric) {
    return a.numeric ? -1 : 1;
  }
  return compareText(a.text, b.text);
}
