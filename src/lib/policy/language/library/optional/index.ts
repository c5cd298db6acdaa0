import { CelError } from '../../error.ts';
import type { Library } from '../../library.ts';
import type { Meter } from '../../meter.ts';
import { equals, numberOf } from '../../run/equality.ts';
import { isMap } from '../../run/map.ts';
import { BOOL, listOf, optionalOf, parameterOf } from '../../type.ts';
import { CelDuration, CelOptional, CelTimestamp, type CelValue } from '../../value.ts';
import { chargeElements } from '../charges.ts';
import { fn, globalCall, isList, memberCall, toList, toOptional } from '../declare.ts';

const VALUE = parameterOf('A');
const OPTIONAL = optionalOf(VALUE);
/** 0001-01-01T00:00:00Z. */
const FIRST_INSTANT = -62_135_596_800_000_000_000n;

export const optional: Library = {
  name: 'optional',
  description:
    'Values that may be there or not. `a.?b`, `a[?b]`, `{?k: v}` and the macros `optMap` and `optFlatMap` belong to the language.',
  functions: [
    fn(
      'optional.of',
      'The value, which is there.',
      globalCall('optional_of', [VALUE], OPTIONAL, ([value]) => new CelOptional(value)),
    ),
    fn(
      'optional.ofNonZeroValue',
      'The value, unless it is empty, 0, false or null.',
      globalCall('optional_ofNonZeroValue', [VALUE], OPTIONAL, ([value], meter) =>
        value === undefined || isZero(value, meter) ? CelOptional.none : new CelOptional(value),
      ),
    ),
    fn(
      'optional.none',
      'No value.',
      globalCall('optional_none', [], OPTIONAL, () => CelOptional.none),
    ),
    fn(
      'optional.unwrap',
      'The values that are there, of a list.',
      globalCall('optional_unwrap', [listOf(OPTIONAL)], listOf(VALUE), ([list], meter) => unwrap(toList(list), meter)),
    ),
    fn(
      'unwrapOpt',
      'The values that are there, of a list.',
      memberCall('optional_unwrapOpt', [listOf(OPTIONAL)], listOf(VALUE), ([list], meter) =>
        unwrap(toList(list), meter),
      ),
    ),
    fn(
      'value',
      'The value; an error where there is none.',
      memberCall('optional_value', [OPTIONAL], VALUE, ([from]) => {
        const { value } = toOptional(from);
        if (value === undefined) {
          throw new CelError('optional.none() dereference');
        }
        return value;
      }),
    ),
    fn(
      'hasValue',
      'Whether there is a value.',
      memberCall('optional_hasValue', [OPTIONAL], BOOL, ([from]) => toOptional(from).value !== undefined),
    ),
    fn(
      'or',
      'The first, or the other where that has no value.',
      memberCall('optional_or_optional', [OPTIONAL, OPTIONAL], OPTIONAL, ([one, other]) => {
        const first = toOptional(one);
        return first.value === undefined ? toOptional(other) : first;
      }),
    ),
    fn(
      'orValue',
      'The value, or the other where there is none.',
      memberCall('optional_orValue_value', [OPTIONAL, VALUE], VALUE, ([from, other]) => {
        const { value } = toOptional(from);
        return value === undefined ? (other ?? null) : value;
      }),
    ),
  ],
};

function unwrap(list: readonly CelValue[], meter: Meter): readonly CelValue[] {
  chargeElements(meter, list.length);
  return list.flatMap((element) => {
    const { value } = toOptional(element);
    return value === undefined ? [] : [value];
  });
}

function isZero(value: CelValue, meter: Meter): boolean {
  if (value === null || value === false || value === '') {
    return true;
  }
  const number = numberOf(value);
  if (number !== null) {
    return Number(number) === 0;
  }
  if (value instanceof Uint8Array || isList(value)) {
    return value.length === 0;
  }
  if (value instanceof CelDuration) {
    return equals(value, new CelDuration(0n), meter);
  }
  if (value instanceof CelTimestamp) {
    return equals(value, new CelTimestamp(FIRST_INSTANT), meter);
  }
  if (value instanceof CelOptional) {
    return value.value === undefined;
  }
  return isMap(value) && value.size === 0;
}
