import type { Meter } from '../../meter.ts';
import type { CelDuration, CelTimestamp } from '../../value.ts';
import { tellStep } from '../drift.ts';
import { dateOfDays, daysOfDate } from './calendar.ts';
import { floorDivide, SECOND } from './text.ts';
import type { Zone } from './zone.ts';

const MILLISECOND = 1_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 3600n * SECOND;
const DAY = 24n * HOUR;
/** Zones change their offset seldom; two changes within an hour are none. */
const SAMPLE_SECONDS = 3600;

interface Accessor {
  /** How long what it gives stays the same at least, on the clock of the zone. */
  readonly step: bigint;
  /** Of nanoseconds since 1970 on the clock of the zone. */
  readonly read: (local: bigint) => number;
}

function ofDate(read: (days: number) => number): Accessor {
  return { step: DAY, read: (local) => read(Number(floorDivide(local, DAY))) };
}

function ofClock(step: bigint, whole: bigint): Accessor {
  return { step, read: (local) => Number(floorDivide(local - floorDivide(local, whole) * whole, step)) };
}

/** Of timestamps, by name (language definition, "Standard Environment"). */
export const TIMESTAMP_ACCESSORS = {
  getFullYear: ofDate((days) => dateOfDays(days).year),
  getMonth: ofDate((days) => dateOfDays(days).month - 1),
  getDate: ofDate((days) => dateOfDays(days).day),
  getDayOfMonth: ofDate((days) => dateOfDays(days).day - 1),
  getDayOfWeek: ofDate((days) => (((days + 4) % 7) + 7) % 7),
  getDayOfYear: ofDate((days) => days - daysOfDate({ year: dateOfDays(days).year, month: 1, day: 1 })),
  getHours: ofClock(HOUR, DAY),
  getMinutes: ofClock(MINUTE, HOUR),
  getSeconds: ofClock(SECOND, MINUTE),
  getMilliseconds: ofClock(MILLISECOND, SECOND),
} satisfies Readonly<Record<string, Accessor>>;

/** Reads a part of a time in a zone; of one that moves, the meter is told until when it stays. */
export function readTimestamp(value: CelTimestamp, zone: Zone, { step, read }: Accessor, meter: Meter): bigint {
  const at = Number(floorDivide(value.nanoseconds, SECOND));
  const offset = zone.offsetAt(at);
  const shift = BigInt(offset) * SECOND;
  const local = value.nanoseconds + shift;
  if (value.drift !== 0) {
    const from = floorDivide(local, step) * step - shift;
    const [least, most] = zone.fixed ? [from, from + step] : clip(zone, at, offset, from, from + step);
    tellStep(value, least, most, meter);
  }
  return BigInt(read(local));
}

/** The part of `from` to `to` around `at` in which the zone keeps its offset. */
function clip(zone: Zone, at: number, offset: number, from: bigint, to: bigint): readonly [bigint, bigint] {
  const first = Number(floorDivide(from, SECOND));
  const last = Number(floorDivide(to, SECOND)) + 1;
  const after = changeBetween(zone, offset, at, last, 1);
  const before = changeBetween(zone, offset, at, first - 1, -1);
  return [
    before === null ? from : latest(from, BigInt(before + 1) * SECOND),
    after === null ? to : earliest(to, BigInt(after) * SECOND),
  ];
}

/** The first second on the way from `at` to `end` with another offset. */
function changeBetween(zone: Zone, offset: number, at: number, end: number, direction: 1 | -1): number | null {
  let same = at;
  while (same !== end) {
    const distance = Math.min(SAMPLE_SECONDS, Math.abs(end - same));
    const next = same + direction * distance;
    if (zone.offsetAt(next) !== offset) {
      return narrow(zone, offset, same, next);
    }
    same = next;
  }
  return null;
}

function narrow(zone: Zone, offset: number, same: number, changed: number): number {
  let near = same;
  let far = changed;
  while (Math.abs(far - near) > 1) {
    const middle = Math.trunc((near + far) / 2);
    if (zone.offsetAt(middle) === offset) {
      near = middle;
    } else {
      far = middle;
    }
  }
  return far;
}

function latest(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

function earliest(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

/** Of durations: the whole in hours, minutes or seconds, and the milliseconds of its last second. Cut towards 0. */
export const DURATION_ACCESSORS = {
  getHours: { step: HOUR, whole: null },
  getMinutes: { step: MINUTE, whole: null },
  getSeconds: { step: SECOND, whole: null },
  getMilliseconds: { step: MILLISECOND, whole: 1000n },
} satisfies Readonly<Record<string, DurationAccessor>>;

interface DurationAccessor {
  readonly step: bigint;
  readonly whole: bigint | null;
}

export function readDuration(value: CelDuration, { step, whole }: DurationAccessor, meter: Meter): bigint {
  const steps = value.nanoseconds / step;
  // Around 0 two steps give 0.
  const from = steps > 0n ? steps * step : (steps - 1n) * step + 1n;
  const to = steps < 0n ? steps * step + 1n : (steps + 1n) * step;
  tellStep(value, from, to, meter);
  return whole === null ? steps : steps % whole;
}

/** A moving value as a whole, to the nanosecond: as text. */
export function tellExact(value: CelTimestamp | CelDuration, meter: Meter): void {
  tellStep(value, value.nanoseconds, value.nanoseconds + 1n, meter);
}

/** Seconds since 1970. */
export function toUnixSeconds(value: CelTimestamp, meter: Meter): bigint {
  const seconds = floorDivide(value.nanoseconds, SECOND);
  tellStep(value, seconds * SECOND, (seconds + 1n) * SECOND, meter);
  return seconds;
}
