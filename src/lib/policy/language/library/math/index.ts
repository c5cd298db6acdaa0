import { CelError } from '../../error.ts';
import type { FunctionDeclaration, Library, Overload } from '../../library.ts';
import type { Meter } from '../../meter.ts';
import { toCelInt } from '../../run/arithmetic.ts';
import { numberOf } from '../../run/equality.ts';
import { compareOrThrow } from '../../run/order.ts';
import { BOOL, type CelType, DOUBLE, DYN, INT, listOf, UINT } from '../../type.ts';
import { CelUint, type CelValue } from '../../value.ts';
import { chargeElements } from '../charges.ts';
import { fn, globalCall, noSuchOverload, toDouble, toInt, toList, toUint } from '../declare.ts';

const NUMBERS: readonly (readonly [name: string, type: CelType])[] = [
  ['int', INT],
  ['uint', UINT],
  ['double', DOUBLE],
];

export const math: Library = {
  name: 'math',
  description:
    'Numbers. `math.greatest(…)` and `math.least(…)` are macros over these functions: the greatest and least of their arguments.',
  functions: [
    extreme('math.@max', 1),
    extreme('math.@min', -1),
    onDouble('math.ceil', 'The next whole number that is not less.', Math.ceil),
    onDouble('math.floor', 'The next whole number that is not greater.', Math.floor),
    onDouble('math.round', 'The nearest whole number; of two the one farther from 0.', (value) =>
      value < 0 ? -roundUp(-value) : roundUp(value),
    ),
    onDouble('math.trunc', 'Without what is behind the point.', Math.trunc),
    ofDouble('math.isNaN', 'Whether it is no number.', Number.isNaN),
    ofDouble('math.isInf', 'Whether it is infinite.', (value) => Math.abs(value) === Number.POSITIVE_INFINITY),
    ofDouble('math.isFinite', 'Whether it is a number, and finite.', Number.isFinite),
    fn(
      'math.abs',
      'Without its sign.',
      globalCall('math_abs_int', [INT], INT, ([value]) => absolute(toInt(value))),
      globalCall('math_abs_uint', [UINT], UINT, ([value]) => new CelUint(toUint(value))),
      globalCall('math_abs_double', [DOUBLE], DOUBLE, ([value]) => Math.abs(toDouble(value))),
    ),
    fn(
      'math.sign',
      '-1, 0 or 1.',
      globalCall('math_sign_int', [INT], INT, ([value]) => signOf(toInt(value))),
      globalCall('math_sign_uint', [UINT], UINT, ([value]) => new CelUint(signOf(toUint(value)))),
      globalCall('math_sign_double', [DOUBLE], DOUBLE, ([value]) => Math.sign(toDouble(value)) + 0),
    ),
    fn(
      'math.sqrt',
      'The square root; of a negative number no number.',
      globalCall('math_sqrt_int', [INT], DOUBLE, ([value]) => Math.sqrt(Number(toInt(value)))),
      globalCall('math_sqrt_uint', [UINT], DOUBLE, ([value]) => Math.sqrt(Number(toUint(value)))),
      globalCall('math_sqrt_double', [DOUBLE], DOUBLE, ([value]) => Math.sqrt(toDouble(value))),
    ),
    bits('math.bitAnd', 'Bits of both.', (one, other) => one & other),
    bits('math.bitOr', 'Bits of either.', (one, other) => one | other),
    bits('math.bitXor', 'Bits of one and not the other.', (one, other) => one ^ other),
    fn(
      'math.bitNot',
      'Bits that it has not.',
      globalCall('math_bitNot_int_int', [INT], INT, ([value]) => ~toInt(value)),
      globalCall('math_bitNot_uint_uint', [UINT], UINT, ([value]) => new CelUint(BigInt.asUintN(64, ~toUint(value)))),
    ),
    shift('math.bitShiftLeft', 'math_bitShiftLeft', 'Bits moved to the higher side.', (value, by) => value << by),
    shift(
      'math.bitShiftRight',
      'math_bitShiftRight',
      'Bits moved to the lower side, zeros behind them.',
      (value, by) => BigInt.asUintN(64, value) >> by,
    ),
  ],
};

function extreme(name: string, wanted: number): FunctionDeclaration {
  const id = name.replace('.', '_');
  const best = (values: readonly CelValue[], meter: Meter): CelValue => {
    let found = toNumeric(values[0]);
    for (const value of values.slice(1)) {
      found = Math.sign(compareOrThrow(toNumeric(value), found, meter)) === wanted ? value : found;
    }
    return found;
  };
  const single = NUMBERS.map(([of, type]) => globalCall(`${id}_${of}`, [type], type, best));
  const pairs = NUMBERS.flatMap(([one, first]) =>
    NUMBERS.map(([other, second]) =>
      globalCall(`${id}_${one}_${other}`, [first, second], one === other ? first : DYN, best),
    ),
  );
  const lists = NUMBERS.map(([of, type]) =>
    globalCall(`${id}_list_${of}`, [listOf(type)], type, ([list], meter) => {
      const values = toList(list);
      if (values.length === 0) {
        throw new CelError(`${name}(list) argument must not be empty`);
      }
      chargeElements(meter, values.length);
      return best(values, meter);
    }),
  );
  return fn(
    name,
    `The ${wanted > 0 ? 'greatest' : 'least'} of its arguments, or of a list.`,
    ...single,
    ...pairs,
    ...lists,
  );
}

function toNumeric(value: CelValue | undefined): CelValue {
  if (value === undefined || numberOf(value) === null) {
    throw noSuchOverload();
  }
  return value;
}

function onDouble(name: string, description: string, change: (value: number) => number): FunctionDeclaration {
  const id = `${name.replace('.', '_')}_double`;
  return fn(
    name,
    description,
    globalCall(id, [DOUBLE], DOUBLE, ([value]) => change(toDouble(value))),
  );
}

function ofDouble(name: string, description: string, holds: (value: number) => boolean): FunctionDeclaration {
  const id = `${name.replace('.', '_')}_double`;
  return fn(
    name,
    description,
    globalCall(id, [DOUBLE], BOOL, ([value]) => holds(toDouble(value))),
  );
}

/** `Math.round` adds a half first, which is wrong for what is just below one. */
function roundUp(value: number): number {
  const whole = Math.floor(value);
  return value - whole >= 0.5 ? whole + 1 : whole;
}

function absolute(value: bigint): bigint {
  return toCelInt(value < 0n ? -value : value);
}

function signOf(value: bigint): bigint {
  if (value === 0n) {
    return 0n;
  }
  return value < 0n ? -1n : 1n;
}

function bits(name: string, description: string, join: (one: bigint, other: bigint) => bigint): FunctionDeclaration {
  const id = name.replace('.', '_');
  return fn(
    name,
    description,
    globalCall(`${id}_int_int`, [INT, INT], INT, ([one, other]) => join(toInt(one), toInt(other))),
    globalCall(`${id}_uint_uint`, [UINT, UINT], UINT, ([one, other]) => new CelUint(join(toUint(one), toUint(other)))),
  );
}

function shift(
  name: string,
  id: string,
  description: string,
  move: (value: bigint, by: bigint) => bigint,
): FunctionDeclaration {
  const moved = (value: bigint, by: bigint): bigint => {
    if (by < 0n) {
      throw new CelError(`${name}() negative offset: ${by}`);
    }
    return by > 63n ? 0n : move(value, by);
  };
  const overloads: readonly Overload[] = [
    globalCall(`${id}_int_int`, [INT, INT], INT, ([value, by]) => BigInt.asIntN(64, moved(toInt(value), toInt(by)))),
    globalCall(
      `${id}_uint_int`,
      [UINT, INT],
      UINT,
      ([value, by]) => new CelUint(BigInt.asUintN(64, moved(toUint(value), toInt(by)))),
    ),
  ];
  return fn(name, description, ...overloads);
}
