import { compareText } from '#base/compare.ts';
import type { Order } from '../scheme.ts';
import { compareNumerals } from '../text.ts';
import type { GemVersion, Segment } from './parse.ts';

const ZERO: Segment = { text: '0', numeric: true };

/** Gem::Version#<=>: segment by segment, where a missing one is 0 and a word is older than any number. */
export function orderGem(a: GemVersion, b: GemVersion): Order {
  const length = Math.max(a.segments.length, b.segments.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareSegments(a.segments[index] ?? ZERO, b.segments[index] ?? ZERO);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function compareSegments(a: Segment, b: Segment): Order {
  if (a.numeric !== b.numeric) {
    return a.numeric ? 1 : -1;
  }
  return a.numeric ? compareNumerals(a.text, b.text) : compareText(a.text, b.text);
}
