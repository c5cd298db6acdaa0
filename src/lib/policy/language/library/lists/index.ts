import { CelError } from '../../error.ts';
import type { Library } from '../../library.ts';
import type { Meter } from '../../meter.ts';
import { DYN, INT, listOf, optionalOf, parameterOf } from '../../type.ts';
import { CelOptional, type CelValue } from '../../value.ts';
import { chargeElements, chargeResult } from '../charges.ts';
import { COMPARABLE } from '../comparable.ts';
import { fn, globalCall, isList, memberCall, toInt, toList } from '../declare.ts';
import { Membership } from '../membership.ts';
import { sortBy } from '../ordered.ts';

const ELEMENT = parameterOf('A');
const LIST = listOf(ELEMENT);
/** Deeper ones stay as they are; nobody nests so far but to see what happens. */
const MAX_DEPTH = 256n;

export const lists: Library = {
  name: 'lists',
  description: 'Lists. Positions count from 0.',
  functions: [
    fn(
      'slice',
      'The elements from a position on, up to before another.',
      memberCall('list_slice', [LIST, INT, INT], LIST, ([list, start, end], meter) =>
        slice(toList(list), toInt(start), toInt(end), meter),
      ),
    ),
    fn(
      'flatten',
      'Lists in the list replaced by their elements, once or so many times.',
      memberCall('list_flatten', [listOf(LIST)], LIST, ([list], meter) => flatten(toList(list), 1n, meter)),
      memberCall('list_flatten_int', [listOf(DYN), INT], listOf(DYN), ([list, depth], meter) =>
        flatten(toList(list), toInt(depth), meter),
      ),
    ),
    fn(
      'sort',
      'From the least to the greatest; all elements of one type that has an order.',
      ...COMPARABLE.map(([name, type]) =>
        memberCall(`list_${name}_sort`, [listOf(type)], listOf(type), ([list], meter) => {
          const values = toList(list);
          return sortBy(values, values, meter);
        }),
      ),
    ),
    fn(
      '@sortByAssociatedKeys',
      'What the macro `sortBy(x, key)` comes to: a list in the order of its keys.',
      ...COMPARABLE.map(([name, type]) =>
        memberCall(`list_${name}_sortByAssociatedKeys`, [LIST, listOf(type)], LIST, ([list, keys], meter) =>
          sortByKeys(toList(list), toList(keys), meter),
        ),
      ),
    ),
    fn(
      'distinct',
      'Every element once, where it first stands.',
      memberCall('list_distinct', [LIST], LIST, ([list], meter) => {
        const known = new Membership(meter);
        return toList(list).filter((element) => {
          const isNew = !known.has(element);
          if (isNew) {
            known.add(element);
          }
          return isNew;
        });
      }),
    ),
    fn(
      'lists.range',
      'The whole numbers from 0 up to before one.',
      globalCall('lists_range', [INT], listOf(INT), ([size], meter) => range(toInt(size), meter)),
    ),
    fn(
      'reverse',
      'The elements in reverse order.',
      memberCall('list_reverse', [LIST], LIST, ([list], meter) => {
        const values = toList(list);
        chargeElements(meter, values.length);
        return values.toReversed();
      }),
    ),
    fn(
      'first',
      'The first element, if there is one.',
      memberCall('list_first', [LIST], optionalOf(ELEMENT), ([list]) => optionalAt(toList(list), 0)),
    ),
    fn(
      'last',
      'The last element, if there is one.',
      memberCall('list_last', [LIST], optionalOf(ELEMENT), ([list]) => optionalAt(toList(list), -1)),
    ),
  ],
};

function slice(list: readonly CelValue[], start: bigint, end: bigint, meter: Meter): readonly CelValue[] {
  if (start < 0n || start > end || end > BigInt(list.length)) {
    throw new CelError(`cannot slice(${start}, ${end}) of a list of ${list.length}`);
  }
  chargeElements(meter, Number(end - start));
  return list.slice(Number(start), Number(end));
}

function flatten(list: readonly CelValue[], depth: bigint, meter: Meter): readonly CelValue[] {
  if (depth < 0n) {
    throw new CelError(`cannot flatten(${depth}): the depth must not be negative`);
  }
  const result: CelValue[] = [];
  flattenInto(result, list, depth < MAX_DEPTH ? depth : MAX_DEPTH, meter);
  return result;
}

function flattenInto(result: CelValue[], list: readonly CelValue[], depth: bigint, meter: Meter): void {
  chargeElements(meter, list.length);
  for (const element of list) {
    if (depth > 0n && isList(element)) {
      flattenInto(result, element, depth - 1n, meter);
    } else {
      result.push(element);
    }
  }
}

function sortByKeys(list: readonly CelValue[], keys: readonly CelValue[], meter: Meter): readonly CelValue[] {
  if (list.length !== keys.length) {
    throw new CelError(`cannot sort ${list.length} elements by ${keys.length} keys`);
  }
  return sortBy(list, keys, meter);
}

function range(size: bigint, meter: Meter): readonly CelValue[] {
  if (size < 0n) {
    throw new CelError(`cannot make a range of ${size} elements`);
  }
  const length = Number(size);
  chargeResult(meter, length);
  chargeElements(meter, length);
  return Array.from({ length }, (_, index) => BigInt(index));
}

function optionalAt(list: readonly CelValue[], index: number): CelOptional {
  const value = list.at(index);
  return value === undefined ? CelOptional.none : new CelOptional(value);
}
