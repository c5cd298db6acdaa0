import { CelError } from '../error.ts';
import type { Meter } from '../meter.ts';
import { CelDuration, CelTimestamp, CelUint, type CelValue } from '../value.ts';
import { chargeTraversal } from './cost.ts';
import { type Relation, tellTurn, tellTurnOfOrder } from './drift.ts';
import { numberOf } from './equality.ts';

export type Order = '<' | '<=' | '>' | '>=';

/** Below 0, 0 or above; NaN beside NaN. Null where the two have no order: `no such overload`. Values of time tell when the order turns. */
export function compare(left: CelValue, right: CelValue, meter: Meter): number | null {
  const order = orderOf(left, right, meter);
  if (order !== null && (left instanceof CelTimestamp || left instanceof CelDuration)) {
    tellTurnOfOrder(left, right as CelTimestamp | CelDuration, meter);
  }
  return order;
}

/** `<` and the others of the language definition ("Ordering"). Undefined where they have no order. */
export function relate(left: CelValue, right: CelValue, relation: Order, meter: Meter): boolean | undefined {
  const order = orderOf(left, right, meter);
  if (order === null) {
    return undefined;
  }
  if (left instanceof CelTimestamp || left instanceof CelDuration) {
    tellTurn(left, right as CelTimestamp | CelDuration, relation satisfies Relation, meter);
  }
  switch (relation) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** For lists that are to be sorted: throws `CelError` where two have no order. */
export function compareOrThrow(left: CelValue, right: CelValue, meter: Meter): number {
  const order = compare(left, right, meter);
  if (order === null) {
    throw new CelError('no such overload: values of these types have no order');
  }
  return order;
}

function orderOf(left: CelValue, right: CelValue, meter: Meter): number | null {
  switch (typeof left) {
    case 'string':
      return typeof right === 'string' ? orderOfStrings(left, right, meter) : null;
    case 'boolean':
      return typeof right === 'boolean' ? Number(left) - Number(right) : null;
    case 'bigint':
    case 'number':
      return orderOfNumbers(left, right);
    default:
      break;
  }
  if (left instanceof CelUint) {
    return orderOfNumbers(left.value, right);
  }
  if (left instanceof CelTimestamp) {
    return right instanceof CelTimestamp ? sign(left.nanoseconds, right.nanoseconds) : null;
  }
  if (left instanceof CelDuration) {
    return right instanceof CelDuration ? sign(left.nanoseconds, right.nanoseconds) : null;
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    chargeTraversal(Math.min(left.length, right.length), meter);
    return Buffer.compare(left, right);
  }
  return null;
}

function orderOfNumbers(left: bigint | number, right: CelValue): number | null {
  const other = numberOf(right);
  if (other === null) {
    return null;
  }
  // An int beside a double is taken as one, as in `equals`.
  return typeof left === typeof other ? sign(left, other) : sign(Number(left), Number(other));
}

function sign(left: bigint | number, right: bigint | number): number {
  if (left < right) {
    return -1;
  }
  if (left > right) {
    return 1;
  }
  return left === right ? 0 : Number.NaN;
}

/** By code points: in UTF-16 the surrogates, which stand for the greatest, come before U+E000. */
function orderOfStrings(left: string, right: string, meter: Meter): number {
  const shorter = Math.min(left.length, right.length);
  chargeTraversal(shorter, meter);
  if (left === right) {
    return 0;
  }
  for (let index = 0; index < shorter; index++) {
    const one = left.charCodeAt(index);
    const other = right.charCodeAt(index);
    if (one !== other) {
      return codePointRank(one) - codePointRank(other);
    }
  }
  return left.length - right.length;
}

function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
