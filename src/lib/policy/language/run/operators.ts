import type { CallReference } from '../check/checked.ts';
import type { Call, Expression } from '../parse/ast.ts';
import type { CelValue } from '../value.ts';
import { add, divide, multiply, negate, type Operation, remainder, subtract } from './arithmetic.ts';
import { type Builder, located, noSuchOverload } from './builder.ts';
import { fits } from './calls.ts';
import { COST } from './cost.ts';
import { equals } from './equality.ts';
import type { Evaluate } from './frame.ts';
import { contains, index, indexOptionally } from './index-of.ts';
import { constantsOf } from './literals.ts';
import { relate } from './order.ts';

/** Those of two operands whose standard meaning is tried before the overloads of libraries. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  '_+_': add,
  '_-_': subtract,
  '_*_': multiply,
  '_/_': divide,
  '_%_': remainder,
  '_<_': (left, right, meter) => relate(left, right, '<', meter),
  '_<=_': (left, right, meter) => relate(left, right, '<=', meter),
  '_>_': (left, right, meter) => relate(left, right, '>', meter),
  '_>=_': (left, right, meter) => relate(left, right, '>=', meter),
  '@in': contains,
  '_[_]': index,
  '_[?_]': indexOptionally,
};

/** Null for calls that are no operator, or none with a faster way than that of functions. */
export function compileOperator(node: Call, reference: CallReference, builder: Builder): Evaluate | null {
  const [left, right] = node.arguments;
  if (node.target !== null || left === undefined) {
    return null;
  }
  if (right === undefined) {
    return compileUnary(node.name, left, node.offset, builder);
  }
  switch (node.name) {
    case '_==_':
      return compileEquality(left, right, true, builder);
    case '_!=_':
      return compileEquality(left, right, false, builder);
    default:
      break;
  }
  const operation = Object.hasOwn(OPERATIONS, node.name) ? OPERATIONS[node.name] : undefined;
  if (operation === undefined) {
    return null;
  }
  const quick = node.name === '@in' ? compileInTexts(left, right, builder) : null;
  return quick ?? compileOperation(operation, [left, right], reference, node.offset, builder);
}

function compileUnary(name: string, operand: Expression, offset: number, builder: Builder): Evaluate | null {
  const evaluate = builder.compile(operand);
  if (name === '!_') {
    return (frame) => {
      const value = evaluate(frame);
      frame.meter.charge(COST.call);
      if (typeof value !== 'boolean') {
        throw noSuchOverload(offset);
      }
      return !value;
    };
  }
  if (name !== '-_') {
    return null;
  }
  return (frame) => {
    const value = evaluate(frame);
    frame.meter.charge(COST.call);
    return negative(value, offset);
  };
}

function negative(value: CelValue, offset: number): CelValue {
  try {
    const result = negate(value);
    if (result !== undefined) {
      return result;
    }
  } catch (error) {
    throw located(error, offset);
  }
  throw noSuchOverload(offset);
}

function compileEquality(left: Expression, right: Expression, expected: boolean, builder: Builder): Evaluate {
  const one = builder.compile(left);
  const other = builder.compile(right);
  return (frame) => {
    const leftValue = one(frame);
    const rightValue = other(frame);
    frame.meter.charge(COST.call);
    return equals(leftValue, rightValue, frame.meter) === expected;
  };
}

/** `text in ['a', 'b']`: looked up. It costs what going over the list would. */
function compileInTexts(left: Expression, right: Expression, builder: Builder): Evaluate | null {
  const constants = constantsOf(right);
  if (constants === null || !constants.every((value) => typeof value === 'string')) {
    return null;
  }
  const known: ReadonlySet<CelValue> = new Set(constants);
  const evaluate = builder.compile(left);
  const cost = COST.listCreate + Math.max(COST.call, constants.length);
  return (frame) => {
    const value = evaluate(frame);
    frame.meter.charge(cost);
    return known.has(value);
  };
}

function compileOperation(
  operation: Operation,
  operands: readonly [Expression, Expression],
  { overloads }: CallReference,
  offset: number,
  builder: Builder,
): Evaluate {
  const left = builder.compile(operands[0]);
  const right = builder.compile(operands[1]);
  return (frame) => {
    const one = left(frame);
    const other = right(frame);
    frame.meter.charge(COST.call);
    try {
      const result = operation(one, other, frame.meter);
      if (result !== undefined) {
        return result;
      }
      const overload = overloads.find((candidate) => fits(candidate, [one, other]));
      if (overload !== undefined) {
        return overload.call([one, other], frame.meter);
      }
    } catch (error) {
      throw located(error, offset);
    }
    throw noSuchOverload(offset);
  };
}
