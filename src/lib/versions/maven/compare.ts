import { compareText } from '#base/compare.ts';
import type { Order } from '../scheme.ts';
import { compareNumerals, compareRanks } from '../text.ts';
import type { MavenVersion, Token } from './parse.ts';
import { OTHER, RELEASE } from './parse.ts';

const END: Token = { rank: RELEASE, text: '' };

/** Token by token, where the end of a version is the word for a release: `alpha` comes before it, `sp` and numbers after it. */
export function orderMaven(a: MavenVersion, b: MavenVersion): Order {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const order = compareTokens(a[at] ?? END, b[at] ?? END);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function compareTokens(a: Token, b: Token): Order {
  if (a.rank !== b.rank || a.rank < OTHER) {
    return compareRanks(a.rank, b.rank);
  }
  return a.rank === OTHER ? compareText(a.text, b.text) : compareNumerals(a.text, b.text);
}
