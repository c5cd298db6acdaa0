import { quote } from '#base/error.ts';
import { CelError } from '../../error.ts';
import { MAX_TIMESTAMP, MIN_TIMESTAMP } from '../drift.ts';
import { dateOfDays, daysInMonth, daysOfDate } from './calendar.ts';

/** What a duration that does not move may be: 64 bits of nanoseconds, as in cel-go and Kubernetes. */
export const MAX_DURATION = 9_223_372_036_854_775_807n;
export const SECOND = 1_000_000_000n;

const TIMESTAMP = /^(\d{4,5})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const MAX_CHARS = 64;
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1000n],
  ['µs', 1000n],
  ['μs', 1000n],
  ['ms', 1_000_000n],
  ['s', SECOND],
  ['m', 60n * SECOND],
  ['h', 3600n * SECOND],
]);

/** Nanoseconds since 1970 of a time of RFC 3339. Throws `CelError` for anything else and outside the years 1 to 9999. */
export function parseTimestamp(text: string): bigint {
  const parts = text.length <= MAX_CHARS ? TIMESTAMP.exec(text) : null;
  if (parts === null) {
    throw new CelError(`invalid timestamp ${quote(text, MAX_CHARS)}: a time as in 2026-01-31T12:00:00Z was expected`);
  }
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const zoneHour = Number(parts[9] ?? 0);
  const zoneMinute = Number(parts[10] ?? 0);
  const wrong =
    month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 23 || minute > 59 || second > 59;
  if (wrong || zoneHour > 23 || zoneMinute > 59) {
    throw new CelError(`invalid timestamp ${quote(text, MAX_CHARS)}: there is no such time`);
  }
  const offset = (zoneHour * 3600 + zoneMinute * 60) * (parts[8] === '-' ? -1 : 1);
  const seconds = daysOfDate({ year, month, day }) * 86_400 + hour * 3600 + minute * 60 + second - offset;
  return inTimestampRange(BigInt(seconds) * SECOND + BigInt((parts[7] ?? '').padEnd(9, '0')));
}

/** Throws `CelError` outside the years 1 to 9999. */
export function inTimestampRange(nanoseconds: bigint): bigint {
  if (nanoseconds < MIN_TIMESTAMP || nanoseconds > MAX_TIMESTAMP) {
    throw new CelError('timestamp out of range: years 1 to 9999 are allowed');
  }
  return nanoseconds;
}

export function printTimestamp(nanoseconds: bigint): string {
  const seconds = floorDivide(nanoseconds, SECOND);
  const days = Math.floor(Number(seconds) / 86_400);
  const { year, month, day } = dateOfDays(days);
  const rest = Number(seconds) - days * 86_400;
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map((part) => digits(part, 2));
  const fraction = printFraction(nanoseconds - seconds * SECOND);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${clock.join(':')}${fraction}Z`;
}

/**
 * Nanoseconds of a duration as Go writes them: `1h30m`, `-1.5s`, `0`. Throws `CelError` for anything else and past 64 bits.
 */
export function parseDuration(text: string): bigint {
  const negative = text.startsWith('-');
  const rest = negative || text.startsWith('+') ? text.slice(1) : text;
  const sum = text.length > MAX_CHARS ? null : rest === '0' ? 0n : sumOfParts(rest);
  if (sum === null) {
    throw new CelError(
      `invalid duration ${quote(text, MAX_CHARS)}: hours, minutes and seconds as in 1h30m5s were expected`,
    );
  }
  return inDurationRange(negative ? -sum : sum);
}

/** Throws `CelError` past 64 bits. */
export function inDurationRange(nanoseconds: bigint): bigint {
  if (nanoseconds > MAX_DURATION || nanoseconds < -MAX_DURATION) {
    throw new CelError('duration out of range');
  }
  return nanoseconds;
}

function sumOfParts(text: string): bigint | null {
  let sum = 0n;
  let end = 0;
  for (const part of text.matchAll(/(\d*)(?:\.(\d*))?([a-zµμ]+)/g)) {
    const [whole, integer = '', fraction = '', unit = ''] = part;
    const size = UNITS.get(unit);
    if (part.index !== end || size === undefined || integer + fraction === '') {
      return null;
    }
    sum += BigInt(integer === '' ? '0' : integer) * size;
    sum += fraction === '' ? 0n : (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    end += whole.length;
  }
  return end === text.length && end > 0 ? sum : null;
}

/** In seconds: `5400s`, `-1.5s`. */
export function printDuration(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  return `${nanoseconds < 0n ? '-' : ''}${size / SECOND}${printFraction(size % SECOND)}s`;
}

function printFraction(nanoseconds: bigint): string {
  return nanoseconds === 0n ? '' : `.${nanoseconds.toString().padStart(9, '0').replace(/0+$/, '')}`;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}

export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return quotient * divisor > dividend ? quotient - 1n : quotient;
}
