import { quote } from '#base/error.ts';
import { CelError } from '../../error.ts';
import type { FunctionDeclaration } from '../../library.ts';
import type { Meter } from '../../meter.ts';
import { MAX_INT, MAX_UINT, MIN_INT } from '../../run/arithmetic.ts';
import { chargeTraversal } from '../../run/cost.ts';
import { tellExact, toUnixSeconds } from '../../run/time/accessors.ts';
import {
  inTimestampRange,
  parseDuration,
  parseTimestamp,
  printDuration,
  printTimestamp,
  SECOND,
} from '../../run/time/text.ts';
import { typeOf } from '../../run/type-of.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  parameterOf,
  STRING,
  TIMESTAMP,
  UINT,
} from '../../type.ts';
import { CelDuration, CelTimestamp, CelTypeValue, CelUint } from '../../value.ts';
import {
  type Call,
  fn,
  globalCall,
  toBool,
  toBytes,
  toDouble,
  toDuration,
  toInt,
  toText,
  toTimestamp,
  toUint,
} from '../declare.ts';

const A = parameterOf('A');
const TWO_TO_63 = 2 ** 63;
const TWO_TO_64 = 2 ** 64;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);
const WHOLE = /^[+-]?\d{1,20}$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
]);
const MAX_NUMBER_CHARS = 1024;

/** Functions that make a value of one type of a value of another, and what says which type a value has. */
export const CONVERSIONS: readonly FunctionDeclaration[] = [
  conversion('bool', BOOL, 'Of a text: 1, t, true, 0, f, false.', [
    [BOOL, ([value = null]) => value],
    [STRING, ([text]) => parseBool(toText(text))],
  ]),
  conversion('int', INT, 'A whole number: of a fraction, cut towards 0; of a time, seconds since 1970.', [
    [INT, ([value = null]) => value],
    [UINT, ([value]) => inRange(toUint(value), MIN_INT, MAX_INT)],
    [DOUBLE, ([value]) => intOfDouble(toDouble(value))],
    [STRING, ([text]) => inRange(parseWhole(toText(text), 'int'), MIN_INT, MAX_INT)],
    [TIMESTAMP, ([value], meter) => toUnixSeconds(toTimestamp(value), meter)],
  ]),
  conversion('uint', UINT, 'A whole number that is not negative: of a fraction, cut.', [
    [UINT, ([value = null]) => value],
    [INT, ([value]) => new CelUint(inRange(toInt(value), 0n, MAX_UINT))],
    [DOUBLE, ([value]) => uintOfDouble(toDouble(value))],
    [STRING, ([text]) => new CelUint(inRange(parseWhole(toText(text), 'uint'), 0n, MAX_UINT))],
  ]),
  conversion('double', DOUBLE, 'A number with a fraction.', [
    [DOUBLE, ([value = null]) => value],
    [INT, ([value]) => Number(toInt(value))],
    [UINT, ([value]) => Number(toUint(value))],
    [STRING, ([text]) => parseDouble(toText(text))],
  ]),
  conversion('string', STRING, 'Text: of bytes as UTF-8, of a time as RFC 3339, of a duration in seconds.', [
    [STRING, ([value = null]) => value],
    [BOOL, ([value]) => String(toBool(value))],
    [INT, ([value]) => String(toInt(value))],
    [UINT, ([value]) => String(toUint(value))],
    [DOUBLE, ([value]) => printDouble(toDouble(value))],
    [BYTES, ([value], meter) => decode(toBytes(value), meter)],
    [TIMESTAMP, ([value], meter) => printed(toTimestamp(value), meter)],
    [DURATION, ([value], meter) => printed(toDuration(value), meter)],
  ]),
  conversion('bytes', BYTES, 'Of a text, its UTF-8.', [
    [BYTES, ([value = null]) => value],
    [STRING, ([text], meter) => encode(toText(text), meter)],
  ]),
  conversion('timestamp', TIMESTAMP, 'An instant: of RFC 3339, or of seconds since 1970.', [
    [TIMESTAMP, ([value = null]) => value],
    [STRING, ([text]) => new CelTimestamp(parseTimestamp(toText(text)))],
    [INT, ([value]) => new CelTimestamp(inTimestampRange(toInt(value) * SECOND))],
  ]),
  conversion('duration', DURATION, 'A length of time: `1h30m`, `90s`, `1.5ms`.', [
    [DURATION, ([value = null]) => value],
    [STRING, ([text]) => new CelDuration(parseDuration(toText(text)))],
  ]),
  fn(
    'dyn',
    'The same value, whose type is not checked.',
    globalCall('dyn', [A], DYN, ([value = null]) => value),
  ),
  fn(
    'type',
    'The type of a value, to compare.',
    globalCall('type', [A], { kind: 'type', of: A }, ([value = null]) => new CelTypeValue(typeOf(value))),
  ),
];

function conversion(
  name: string,
  result: CelType,
  description: string,
  overloads: readonly (readonly [CelType, Call])[],
): FunctionDeclaration {
  const of = ([type, call]: readonly [CelType, Call]) => globalCall(`${name}_of_${type.kind}`, [type], result, call);
  return fn(name, description, ...overloads.map(of));
}

function parseBool(text: string): boolean {
  const value = BOOLEANS.get(text);
  if (value === undefined) {
    throw notA('bool', text);
  }
  return value;
}

function parseWhole(text: string, type: 'int' | 'uint'): bigint {
  const digits = text.startsWith('+') && type === 'int' ? text.slice(1) : text;
  if (digits.startsWith('+') || text.length > MAX_NUMBER_CHARS || !WHOLE.test(digits)) {
    throw notA(type, text);
  }
  return BigInt(digits);
}

function parseDouble(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const special = SPECIAL.get(text.replace(/^[+-]/, '').toLowerCase());
  if (special !== undefined) {
    return sign * special;
  }
  if (text.length > MAX_NUMBER_CHARS || !DECIMAL.test(text)) {
    throw notA('double', text);
  }
  return Number(text);
}

function notA(type: string, text: string): CelError {
  return new CelError(`type conversion error: ${quote(text, 40)} is no ${type}`);
}

function inRange(value: bigint, least: bigint, most: bigint): bigint {
  if (value < least || value > most) {
    throw new CelError(`range error: ${value} is outside ${least} to ${most}`);
  }
  return value;
}

/** The ends are excluded, since no double is just inside: so has cel-go. */
function intOfDouble(value: number): bigint {
  if (!(value > -TWO_TO_63 && value < TWO_TO_63)) {
    throw new CelError(`range error: ${value} is no int`);
  }
  return BigInt(Math.trunc(value));
}

function uintOfDouble(value: number): CelUint {
  if (!(value >= 0 && value < TWO_TO_64)) {
    throw new CelError(`range error: ${value} is no uint`);
  }
  return new CelUint(BigInt(Math.trunc(value)));
}

function printDouble(value: number): string {
  if (Object.is(value, -0)) {
    return '-0';
  }
  return Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}

function decode(bytes: Uint8Array, meter: Meter): string {
  chargeTraversal(bytes.length, meter);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, which cannot be converted to string');
  }
}

function encode(text: string, meter: Meter): Uint8Array {
  chargeTraversal(text.length, meter);
  return new TextEncoder().encode(text);
}

function printed(value: CelTimestamp | CelDuration, meter: Meter): string {
  tellExact(value, meter);
  return value instanceof CelTimestamp ? printTimestamp(value.nanoseconds) : printDuration(value.nanoseconds);
}
