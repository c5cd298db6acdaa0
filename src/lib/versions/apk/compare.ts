import { compareText } from '#base/compare.ts';
import type { Order } from '../scheme.ts';
import { compareNumerals, compareRanks, toNumeral } from '../text.ts';
import type { ApkVersion } from './parse.ts';
import { RANK } from './parse.ts';

/** The order of apk-tools 3: the first token that differs decides, by its kind and then by its value. */
export function orderApk(a: ApkVersion, b: ApkVersion): Order {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) {
      return 0;
    }
    const order = compareRanks(left.rank, right.rank) || compareValues(left.rank, left.text, right.text);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function compareValues(rank: number, a: string, b: string): Order {
  const fraction = rank === RANK.component && (a.startsWith('0') || b.startsWith('0'));
  // As Gentoo does: 1.05 is less than 1.5, for a component with a leading zero reads like decimals.
  if (fraction || rank === RANK.hash || rank === RANK.letter) {
    return compareText(a, b);
  }
  return compareNumerals(toNumeral(a), toNumeral(b));
}
