import type { Order } from '../scheme.ts';
import { compareNumerals, compareRanks } from '../text.ts';
import type { PackagistVersion, Part } from './parse.ts';
import { END, NUMBER } from './parse.ts';

const NOTHING: Part = { rank: END, text: '' };

/** version_compare of PHP: dev, alpha, beta and RC come before the end of a version, numbers and patches after it. */
export function orderPackagist(a: PackagistVersion, b: PackagistVersion): Order {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const order = compareParts(a[at] ?? NOTHING, b[at] ?? NOTHING);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function compareParts(a: Part, b: Part): Order {
  return a.rank === NUMBER && b.rank === NUMBER ? compareNumerals(a.text, b.text) : compareRanks(a.rank, b.rank);
}
