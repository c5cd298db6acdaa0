import type { Order } from '../scheme.ts';
import { compareNumerals, compareRanks } from '../text.ts';
import type { GenericVersion, Part } from './parse.ts';

const NOTHING: Part = { rank: 0, number: '0' };

/** Numbers first, of which missing ones are 0; then what is behind them, where the end of a version has a rank of its own. */
export function orderGeneric(a: GenericVersion, b: GenericVersion): Order {
  return (
    compareFilled(a.numbers, b.numbers, '0', compareNumerals) || compareFilled(a.parts, b.parts, NOTHING, orderParts)
  );
}

function compareFilled<T>(a: readonly T[], b: readonly T[], fill: T, compare: (a: T, b: T) => Order): Order {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const order = compare(a[at] ?? fill, b[at] ?? fill);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function orderParts(a: Part, b: Part): Order {
  return compareRanks(a.rank, b.rank) || compareNumerals(a.number, b.number);
}
