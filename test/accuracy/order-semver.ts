import { compareLists, compareNumbers, compareTexts, remembered } from './lists.ts';

const VERSION = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Semantic Versioning 2.0.0, section 11; numbers that are left out are zero, and a `v` in front counts for nothing. */
export function compareSemver(a: string, b: string): number | null {
  const [left, right] = [parse(a), parse(b)];
  if (left === null || right === null) {
    return null;
  }
  for (const part of [1, 2, 3]) {
    const order = compareNumbers(left[part] ?? '', right[part] ?? '');
    if (order !== 0) {
      return order;
    }
  }
  const [of, than] = [left[4], right[4]];
  if (of === undefined || than === undefined) {
    return Number(of === undefined) - Number(than === undefined);
  }
  return compareLists(of.split('.'), than.split('.'), compareIdentifiers);
}

const parse = remembered((version) => VERSION.exec(version));

function compareIdentifiers(a: string, b: string): number {
  const [ofNumber, thanNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (ofNumber && thanNumber) {
    return compareNumbers(a, b);
  }
  return ofNumber === thanNumber ? compareTexts(a, b) : ofNumber ? -1 : 1;
}
