import { compareText } from '#base/compare.ts';
import type { Order } from '../scheme.ts';
import { compareNumerals, compareRanks } from '../text.ts';
import type { RpmVersion, Segment } from './parse.ts';
import { RANK } from './parse.ts';

/** Epoch, version, release, as `rpmverCmp` of rpm. */
export function orderRpm(a: RpmVersion, b: RpmVersion): Order {
  return (
    compareNumerals(a.epoch, b.epoch) || orderSegments(a.version, b.version) || orderReleases(a.release, b.release)
  );
}

function orderReleases(a: readonly Segment[] | null, b: readonly Segment[] | null): Order {
  return a === null || b === null ? compareRanks(a === null ? 0 : 1, b === null ? 0 : 1) : orderSegments(a, b);
}

/** As `rpmvercmp`: a tilde is older than the end, a caret newer; digits are newer than letters, and these than both. */
function orderSegments(a: readonly Segment[], b: readonly Segment[]): Order {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) {
      return 0;
    }
    const order = compareRanks(left.rank, right.rank) || compareTexts(left.rank, left.text, right.text);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function compareTexts(rank: number, a: string, b: string): Order {
  return rank === RANK.digits ? compareNumerals(a, b) : compareText(a, b);
}
