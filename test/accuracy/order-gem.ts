import { compareNumbers, compareTexts, remembered } from './lists.ts';

const VERSION = /^\s*(?:\d+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?\s*$/;

/** Gem::Version: a dash is `.pre.`, a word is below every number, and zeros count for nothing before a word and at the end. */
export function compareGem(a: string, b: string): number | null {
  const [left, right] = [segments(a), segments(b)];
  if (left === null || right === null) {
    return null;
  }
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = compareSegments(left[at] ?? '0', right[at] ?? '0');
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

const segments = remembered((version): readonly string[] | null => {
  if (!VERSION.test(version)) {
    return null;
  }
  const all =
    version
      .trim()
      .replaceAll('-', '.pre.')
      .match(/\d+|[A-Za-z]+/g) ?? [];
  const word = all.findIndex((segment) => !isNumber(segment));
  const [head, tail] = word === -1 ? [all, []] : [all.slice(0, word), all.slice(word)];
  return [...withoutZeros(head), ...withoutZeros(tail)];
});

function withoutZeros(list: readonly string[]): readonly string[] {
  const last = list.findLastIndex((segment) => !/^0+$/.test(segment));
  return list.slice(0, last + 1);
}

function isNumber(segment: string): boolean {
  return /^\d+$/.test(segment);
}

function compareSegments(a: string, b: string): number {
  if (isNumber(a) && isNumber(b)) {
    return compareNumbers(a, b);
  }
  return isNumber(a) === isNumber(b) ? compareTexts(a, b) : isNumber(a) ? 1 : -1;
}
