import type { Order } from '../scheme.ts';
import { compareLists, compareNumerals } from '../text.ts';
import type { Numbers } from './parse.ts';

/** Number by number: 1.0 is older than 1.0.0, and 0.9 than 0.75. */
export function orderNumbers(a: Numbers, b: Numbers): Order {
  return compareLists(a, b, compareNumerals);
}
