import { CelError } from '../../../error.ts';
import type { Library } from '../../../library.ts';
import type { Meter } from '../../../meter.ts';
import { addDurations, toCelInt, toCelUint } from '../../../run/arithmetic.ts';
import { equals } from '../../../run/equality.ts';
import { BOOL, type CelType, DOUBLE, DURATION, INT, listOf, parameterOf, UINT } from '../../../type.ts';
import { CelDuration, CelUint, type CelValue } from '../../../value.ts';
import { chargeElements } from '../../charges.ts';
import { COMPARABLE } from '../../comparable.ts';
import { fn, memberCall, noSuchOverload, toDouble, toDuration, toInt, toList, toUint } from '../../declare.ts';
import { compareLike } from '../../ordered.ts';

const ELEMENT = parameterOf('A');
const LIST = listOf(ELEMENT);

/** What the sum of no elements is, by the type of the list. */
const ADDABLE: readonly (readonly [name: string, type: CelType, zero: CelValue])[] = [
  ['int', INT, 0n],
  ['uint', UINT, new CelUint(0n)],
  ['double', DOUBLE, 0],
  ['duration', DURATION, new CelDuration(0n)],
];

export const kubernetesLists: Library = {
  name: 'kubernetes.lists',
  description: 'Lists, as Kubernetes has them.',
  functions: [
    fn(
      'isSorted',
      'Whether no element is less than the one before it.',
      ...COMPARABLE.map(([name, type]) =>
        memberCall(`list_${name}_is_sorted`, [listOf(type)], BOOL, ([list], meter) =>
          isSorted(read(list, meter), meter),
        ),
      ),
    ),
    fn(
      'sum',
      'All elements added up.',
      ...ADDABLE.map(([name, type, zero]) =>
        memberCall(`list_${name}_sum`, [listOf(type)], type, ([list], meter) => sum(read(list, meter), zero, meter)),
      ),
    ),
    fn(
      'min',
      'The least element; an error where there is none.',
      ...COMPARABLE.map(([name, type]) =>
        memberCall(`list_${name}_min`, [listOf(type)], type, ([list], meter) =>
          extreme('min', read(list, meter), -1, meter),
        ),
      ),
    ),
    fn(
      'max',
      'The greatest element; an error where there is none.',
      ...COMPARABLE.map(([name, type]) =>
        memberCall(`list_${name}_max`, [listOf(type)], type, ([list], meter) =>
          extreme('max', read(list, meter), 1, meter),
        ),
      ),
    ),
    fn(
      'indexOf',
      'Where an element first stands; -1 where it does not.',
      memberCall('list_a_index_of_int', [LIST, ELEMENT], INT, ([list, element = null], meter) =>
        BigInt(read(list, meter).findIndex((value) => equals(value, element, meter))),
      ),
    ),
    fn(
      'lastIndexOf',
      'Where an element last stands; -1 where it does not.',
      memberCall('list_a_last_index_of_int', [LIST, ELEMENT], INT, ([list, element = null], meter) =>
        BigInt(read(list, meter).findLastIndex((value) => equals(value, element, meter))),
      ),
    ),
  ],
};

function read(list: CelValue | undefined, meter: Meter): readonly CelValue[] {
  const values = toList(list);
  chargeElements(meter, values.length);
  return values;
}

function isSorted(values: readonly CelValue[], meter: Meter): boolean {
  return values.every((value, index) => compareLike(values[Math.max(0, index - 1)] ?? value, value, meter) <= 0);
}

function extreme(name: string, values: readonly CelValue[], wanted: number, meter: Meter): CelValue {
  const [first, ...others] = values;
  if (first === undefined) {
    throw new CelError(`${name} called on empty list`);
  }
  // One alone may have no order all the same.
  compareLike(first, first, meter);
  return others.reduce((best, value) => (Math.sign(compareLike(value, best, meter)) === wanted ? value : best), first);
}

function sum(values: readonly CelValue[], zero: CelValue, meter: Meter): CelValue {
  const [first] = values;
  if (first === undefined) {
    return zero;
  }
  if (typeof first === 'bigint') {
    return toCelInt(values.reduce<bigint>((total, value) => total + toInt(value), 0n));
  }
  if (first instanceof CelUint) {
    return toCelUint(values.reduce<bigint>((total, value) => total + toUint(value), 0n));
  }
  if (first instanceof CelDuration) {
    return values.reduce<CelDuration>(
      (total, value) => addDurations(total, toDuration(value), meter),
      new CelDuration(0n),
    );
  }
  if (typeof first === 'number') {
    return values.reduce<number>((total, value) => total + toDouble(value), 0);
  }
  throw noSuchOverload();
}
