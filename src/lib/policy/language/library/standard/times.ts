import type { FunctionDeclaration, Overload } from '../../library.ts';
import { DURATION_ACCESSORS, readDuration, readTimestamp, TIMESTAMP_ACCESSORS } from '../../run/time/accessors.ts';
import { UTC, zoneOf } from '../../run/time/zone.ts';
import { DURATION, INT, STRING, TIMESTAMP } from '../../type.ts';
import { fn, memberCall, toDuration, toText, toTimestamp } from '../declare.ts';

/** Asking the database of time zones, in units. */
const ZONE_COST = 20;

const DESCRIPTIONS: Readonly<Record<keyof typeof TIMESTAMP_ACCESSORS, string>> = {
  getFullYear: 'The year.',
  getMonth: 'The month, from 0.',
  getDate: 'The day of the month, from 1.',
  getDayOfMonth: 'The day of the month, from 0.',
  getDayOfWeek: 'The day of the week, from 0 for Sunday.',
  getDayOfYear: 'The day of the year, from 0.',
  getHours: 'The hour of the day; of a duration, all its hours.',
  getMinutes: 'The minute of the hour; of a duration, all its minutes.',
  getSeconds: 'The second of the minute; of a duration, all its seconds.',
  getMilliseconds: 'The millisecond of the second.',
};

export const TIMES: readonly FunctionDeclaration[] = (Object.keys(DESCRIPTIONS) as (keyof typeof DESCRIPTIONS)[]).map(
  (name) => fn(name, `${DESCRIPTIONS[name]} In UTC, or in a time zone.`, ...ofTimestamp(name), ...ofDuration(name)),
);

function ofTimestamp(name: keyof typeof TIMESTAMP_ACCESSORS): readonly Overload[] {
  const accessor = TIMESTAMP_ACCESSORS[name];
  return [
    memberCall(`timestamp_${name}`, [TIMESTAMP], INT, ([value], meter) =>
      readTimestamp(toTimestamp(value), UTC, accessor, meter),
    ),
    memberCall(`timestamp_${name}_zone`, [TIMESTAMP, STRING], INT, ([value, zone], meter) => {
      meter.charge(ZONE_COST);
      return readTimestamp(toTimestamp(value), zoneOf(toText(zone)), accessor, meter);
    }),
  ];
}

function ofDuration(name: string): readonly Overload[] {
  const accessor = Object.entries(DURATION_ACCESSORS).find(([known]) => known === name)?.[1];
  return accessor === undefined
    ? []
    : [
        memberCall(`duration_${name}`, [DURATION], INT, ([value], meter) =>
          readDuration(toDuration(value), accessor, meter),
        ),
      ];
}
