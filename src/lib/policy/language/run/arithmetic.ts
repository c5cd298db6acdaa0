import { CelError } from '../error.ts';
import type { Meter } from '../meter.ts';
import { CelDuration, CelTimestamp, CelUint, type CelValue } from '../value.ts';
import { chargeTraversal } from './cost.ts';
import { MAX_TIMESTAMP, MIN_TIMESTAMP, tellRange } from './drift.ts';
import { inDurationRange, inTimestampRange } from './time/text.ts';

export const MAX_INT = 9_223_372_036_854_775_807n;
export const MIN_INT = -9_223_372_036_854_775_808n;
export const MAX_UINT = 18_446_744_073_709_551_615n;
/** What a moving duration may be: as far as two times can lie apart. */
const MAX_MOVING = MAX_TIMESTAMP - MIN_TIMESTAMP;
const MAX_TEXT_CHARS = 64 * 1024 * 1024;

/** Undefined where the standard has no such operation for the two; throws `CelError`. */
export type Operation = (left: CelValue, right: CelValue, meter: Meter) => CelValue | undefined;

export function toCelInt(value: bigint): bigint {
  if (value > MAX_INT || value < MIN_INT) {
    throw new CelError('integer overflow');
  }
  return value;
}

export function toCelUint(value: bigint): CelUint {
  if (value > MAX_UINT || value < 0n) {
    throw new CelError('unsigned integer overflow');
  }
  return new CelUint(value);
}

export const add: Operation = (left, right, meter) => {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    return toCelInt(left + right);
  }
  if (typeof left === 'string' && typeof right === 'string') {
    return concatenate(left, right, meter);
  }
  if (typeof left === 'number' && typeof right === 'number') {
    return left + right;
  }
  if (left instanceof CelUint && right instanceof CelUint) {
    return toCelUint(left.value + right.value);
  }
  if (left instanceof CelTimestamp && right instanceof CelDuration) {
    return toTimestamp(left.nanoseconds + right.nanoseconds, left.drift + right.drift, meter);
  }
  if (left instanceof CelDuration && right instanceof CelTimestamp) {
    return toTimestamp(left.nanoseconds + right.nanoseconds, left.drift + right.drift, meter);
  }
  if (left instanceof CelDuration && right instanceof CelDuration) {
    return addDurations(left, right, meter);
  }
  return addSequences(left, right, meter);
};

function concatenate(left: string, right: string, meter: Meter): string {
  const length = left.length + right.length;
  chargeTraversal(length, meter);
  if (length > MAX_TEXT_CHARS) {
    throw new CelError('string too long');
  }
  return left + right;
}

function addSequences(left: CelValue, right: CelValue, meter: Meter): CelValue | undefined {
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    chargeTraversal(left.length + right.length, meter);
    return Buffer.concat([left, right]);
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    // cel-go shows both as one; here they are copied, and each element counts.
    meter.charge(left.length + right.length);
    return [...(left as readonly CelValue[]), ...(right as readonly CelValue[])];
  }
  return undefined;
}

export const subtract: Operation = (left, right, meter) => {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    return toCelInt(left - right);
  }
  if (typeof left === 'number' && typeof right === 'number') {
    return left - right;
  }
  if (left instanceof CelUint && right instanceof CelUint) {
    return toCelUint(left.value - right.value);
  }
  if (left instanceof CelTimestamp && right instanceof CelDuration) {
    return toTimestamp(left.nanoseconds - right.nanoseconds, left.drift - right.drift, meter);
  }
  const times =
    (left instanceof CelTimestamp && right instanceof CelTimestamp) ||
    (left instanceof CelDuration && right instanceof CelDuration);
  return times ? subtractTimes(left, right, meter) : undefined;
};

/** How long it is from the one to the other. Throws `CelError` where that is too long; tells the meter when it will or will no longer be. */
export function subtractTimes<T extends CelTimestamp | CelDuration>(left: T, right: T, meter: Meter): CelDuration {
  return toDuration(left.nanoseconds - right.nanoseconds, left.drift - right.drift, meter);
}

/** `left + right` of lengths of time, in the same way. */
export function addDurations(left: CelDuration, right: CelDuration, meter: Meter): CelDuration {
  return toDuration(left.nanoseconds + right.nanoseconds, left.drift + right.drift, meter);
}

export const multiply: Operation = (left, right) => {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    return toCelInt(left * right);
  }
  if (typeof left === 'number' && typeof right === 'number') {
    return left * right;
  }
  return left instanceof CelUint && right instanceof CelUint ? toCelUint(left.value * right.value) : undefined;
};

export const divide: Operation = (left, right) => {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    return toCelInt(left / divisor(right, 'divide by zero'));
  }
  if (typeof left === 'number' && typeof right === 'number') {
    return left / right;
  }
  const uints = left instanceof CelUint && right instanceof CelUint;
  return uints ? new CelUint(left.value / divisor(right.value, 'divide by zero')) : undefined;
};

export const remainder: Operation = (left, right) => {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    // The language has -2^63 % -1 overflow, as the division does.
    toCelInt(left / divisor(right, 'modulus by zero'));
    return left % right;
  }
  const uints = left instanceof CelUint && right instanceof CelUint;
  return uints ? new CelUint(left.value % divisor(right.value, 'modulus by zero')) : undefined;
};

function divisor(value: bigint, message: string): bigint {
  if (value === 0n) {
    throw new CelError(message);
  }
  return value;
}

/** Undefined for what has no negative. */
export function negate(value: CelValue): CelValue | undefined {
  if (typeof value === 'bigint') {
    return toCelInt(-value);
  }
  return typeof value === 'number' ? -value : undefined;
}

function toTimestamp(nanoseconds: bigint, drift: number, meter: Meter): CelTimestamp {
  const value = new CelTimestamp(nanoseconds, drift);
  tellRange(value, MIN_TIMESTAMP, MAX_TIMESTAMP, meter);
  inTimestampRange(nanoseconds);
  return value;
}

/** One that moves may be longer than others, so that no age comes to its end before time does. */
function toDuration(nanoseconds: bigint, drift: number, meter: Meter): CelDuration {
  const value = new CelDuration(nanoseconds, drift);
  if (drift === 0) {
    inDurationRange(nanoseconds);
    return value;
  }
  tellRange(value, -MAX_MOVING, MAX_MOVING, meter);
  if (nanoseconds > MAX_MOVING || nanoseconds < -MAX_MOVING) {
    throw new CelError('duration out of range');
  }
  return value;
}
