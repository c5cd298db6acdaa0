import type { FunctionDeclaration, Overload } from '../../library.ts';
import { add, divide, multiply, negate, type Operation, remainder, subtract } from '../../run/arithmetic.ts';
import { equals } from '../../run/equality.ts';
import { contains, index, indexOptionally } from '../../run/index-of.ts';
import { type Order, relate } from '../../run/order.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  INT,
  listOf,
  mapOf,
  optionalOf,
  parameterOf,
  STRING,
  TIMESTAMP,
  UINT,
} from '../../type.ts';
import type { CelValue } from '../../value.ts';
import { fn, globalCall, noSuchOverload, toBool } from '../declare.ts';

const A = parameterOf('A');
const B = parameterOf('B');
const LIST = listOf(A);
const MAP = mapOf(A, B);

type Types = readonly [left: CelType, right: CelType, result: CelType];

const SUMS: readonly Types[] = [
  [INT, INT, INT],
  [UINT, UINT, UINT],
  [DOUBLE, DOUBLE, DOUBLE],
  [STRING, STRING, STRING],
  [BYTES, BYTES, BYTES],
  [LIST, LIST, LIST],
  [DURATION, DURATION, DURATION],
  [TIMESTAMP, DURATION, TIMESTAMP],
  [DURATION, TIMESTAMP, TIMESTAMP],
];
const DIFFERENCES: readonly Types[] = [
  [INT, INT, INT],
  [UINT, UINT, UINT],
  [DOUBLE, DOUBLE, DOUBLE],
  [DURATION, DURATION, DURATION],
  [TIMESTAMP, DURATION, TIMESTAMP],
  [TIMESTAMP, TIMESTAMP, DURATION],
];
const NUMBERS: readonly CelType[] = [INT, UINT, DOUBLE];
const PRODUCTS: readonly Types[] = NUMBERS.map((type) => [type, type, type]);
const REMAINDERS: readonly Types[] = [INT, UINT].map((type) => [type, type, type]);
/** Numbers of different types too, as Kubernetes has them. */
const ORDERED: readonly Types[] = [
  ...[BOOL, STRING, BYTES, TIMESTAMP, DURATION].map((type): Types => [type, type, BOOL]),
  ...NUMBERS.flatMap((left) => NUMBERS.map((right): Types => [left, right, BOOL])),
];

/** Under the names of the language definition. `&&` and `||` are none: they need not look at all that they are given. */
export const OPERATORS: readonly FunctionDeclaration[] = [
  arithmetic('_+_', 'Adds, and joins texts, bytes and lists.', SUMS, add),
  arithmetic('_-_', 'Subtracts.', DIFFERENCES, subtract),
  arithmetic('_*_', 'Multiplies.', PRODUCTS, multiply),
  arithmetic('_/_', 'Divides; of whole numbers, cut towards 0.', PRODUCTS, divide),
  arithmetic('_%_', 'What is left of a division of whole numbers.', REMAINDERS, remainder),
  fn('-_', 'The negative.', ...[INT, DOUBLE].map((type) => unary('-_', type, negate))),
  fn(
    '!_',
    'Not.',
    unary('!_', BOOL, (value) => !toBool(value)),
  ),
  fn(
    '_==_',
    'Whether both are equal, to the bottom.',
    equality('_==_', (same) => same),
  ),
  fn(
    '_!=_',
    'Whether both differ.',
    equality('_!=_', (same) => !same),
  ),
  order('_<_', '<'),
  order('_<=_', '<='),
  order('_>_', '>'),
  order('_>=_', '>='),
  fn(
    '_?_:_',
    'One of two, of which only that is looked at.',
    globalCall('_?_:_', [BOOL, A, A], A, ([condition, yes = null, no = null]) => (toBool(condition) ? yes : no)),
  ),
  fn(
    '@in',
    'Whether an element is in a list, or a key in a map.',
    ...[LIST, mapOf(A, B)].map((container) => binary('@in', [A, container, BOOL], contains)),
  ),
  fn(
    '_[_]',
    'The element of a list by its number from 0, the value of a map by its key.',
    binary('_[_]', [LIST, INT, A], index),
    binary('_[_]', [MAP, A, B], index),
    binary('_[_]', [optionalOf(LIST), INT, optionalOf(A)], index),
    binary('_[_]', [optionalOf(MAP), A, optionalOf(B)], index),
  ),
  fn(
    '_[?_]',
    'The same, as an optional that is none where there is no such element.',
    binary('_[?_]', [LIST, INT, optionalOf(A)], indexOptionally),
    binary('_[?_]', [MAP, A, optionalOf(B)], indexOptionally),
    binary('_[?_]', [optionalOf(LIST), INT, optionalOf(A)], indexOptionally),
    binary('_[?_]', [optionalOf(MAP), A, optionalOf(B)], indexOptionally),
  ),
];

function arithmetic(
  name: string,
  description: string,
  types: readonly Types[],
  operation: Operation,
): FunctionDeclaration {
  return fn(name, description, ...types.map((one) => binary(name, one, operation)));
}

function order(name: string, relation: Order): FunctionDeclaration {
  return fn(
    name,
    'Compares by size, alphabet (code points) or time.',
    ...ORDERED.map((types) => binary(name, types, (left, right, meter) => relate(left, right, relation, meter))),
  );
}

function equality(name: string, toResult: (same: boolean) => boolean): Overload {
  return binary(name, [A, A, BOOL], (left, right, meter) => toResult(equals(left, right, meter)));
}

function unary(name: string, type: CelType, operation: (value: CelValue) => CelValue | undefined): Overload {
  return globalCall(`${name}${nameOf(type)}`, [type], type, ([value = null]) => defined(operation(value)));
}

function binary(name: string, [left, right, result]: Types, operation: Operation): Overload {
  return globalCall(`${name}${nameOf(left)}_${nameOf(right)}`, [left, right], result, ([one, other], meter) =>
    defined(operation(one ?? null, other ?? null, meter)),
  );
}

function nameOf(type: CelType): string {
  return type.kind === 'optional' ? `optional_${type.value.kind}` : type.kind;
}

function defined(value: CelValue | undefined): CelValue {
  if (value === undefined) {
    throw noSuchOverload();
  }
  return value;
}
