import { compareText } from '#base/compare.ts';
import type { Order } from '../scheme.ts';
import { compareLists, compareNumerals, compareRanks, endOfDigits } from '../text.ts';
import type { Pep440Version } from './parse.ts';

/** PEP 440, "Summary of permitted suffixes and relative ordering". */
export function orderPep440(a: Pep440Version, b: Pep440Version): Order {
  return (
    compareNumerals(a.epoch, b.epoch) ||
    compareLists(a.release, b.release, compareNumerals) ||
    compareRanks(phase(a), phase(b)) ||
    compareNumerals(a.pre?.number ?? '0', b.pre?.number ?? '0') ||
    comparePost(a.post, b.post) ||
    compareDev(a.dev, b.dev) ||
    compareLists(a.local, b.local, compareSegments)
  );
}

/** A development release of the final version comes before its alphas; one of an alpha or a post-release stays with it. */
function phase(version: Pep440Version): number {
  switch (version.pre?.kind) {
    case 'a':
      return 1;
    case 'b':
      return 2;
    case 'rc':
      return 3;
    case undefined:
      return version.post === null && version.dev !== null ? 0 : 4;
  }
}

/** Without a post-release is older. */
function comparePost(a: string | null, b: string | null): Order {
  return a === null || b === null ? compareRanks(Number(a !== null), Number(b !== null)) : compareNumerals(a, b);
}

/** Without a development release is newer. */
function compareDev(a: string | null, b: string | null): Order {
  return a === null || b === null ? compareRanks(Number(a === null), Number(b === null)) : compareNumerals(a, b);
}

/** Numbers are newer than words. */
function compareSegments(a: string, b: string): Order {
  const numericA = endOfDigits(a, 0) === a.length;
  const numericB = endOfDigits(b, 0) === b.length;
  if (numericA !== numericB) {
    return numericA ? 1 : -1;
  }
  return numericA ? compareNumerals(a, b) : compareText(a, b);
}
