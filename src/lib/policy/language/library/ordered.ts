import type { Meter } from '../meter.ts';
import { isOpaque } from '../run/opaque.ts';
import { compareOrThrow } from '../run/order.ts';
import { typeName, typeOf } from '../run/type-of.ts';
import type { CelOpaque, CelValue } from '../value.ts';
import { noSuchOverload } from './declare.ts';

/** A value of a library that has an order among its like. */
export interface Ordered extends CelOpaque {
  /** Below 0, 0 or above. Only asked with values of the same type. */
  compareTo(other: CelValue): number;
}

/** Of two values of one type: below 0, 0 or above. Throws `CelError` for values that have no order, and for two of different types. */
export function compareLike(left: CelValue, right: CelValue, meter: Meter): number {
  if (typeName(typeOf(left)) !== typeName(typeOf(right))) {
    throw noSuchOverload();
  }
  return isOrdered(left) ? left.compareTo(right) : compareOrThrow(left, right, meter);
}

function isOrdered(value: CelValue): value is Ordered {
  return isOpaque(value) && 'compareTo' in value;
}

/** A list with an order for it, made of keys with theirs; charged for the comparisons that it may take. */
export function sortBy(values: readonly CelValue[], keys: readonly CelValue[], meter: Meter): readonly CelValue[] {
  meter.charge(Math.ceil(values.length * Math.log2(values.length + 1)));
  const [first] = keys;
  if (first !== undefined) {
    // One alone is compared with nothing, and may have no order all the same.
    compareLike(first, first, meter);
  }
  return keys
    .map((key, index) => ({ key, value: values[index] as CelValue }))
    .sort((one, other) => compareLike(one.key, other.key, meter))
    .map(({ value }) => value);
}
