import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CelError } from '../../error.ts';
import { MAX_TIMESTAMP, MIN_TIMESTAMP } from '../drift.ts';
import { dateOfDays, daysOfDate } from './calendar.ts';
import { MAX_DURATION, parseDuration, parseTimestamp, printDuration, printTimestamp } from './text.ts';
import { zoneOf } from './zone.ts';

describe('timestamps', () => {
  test('what is printed is read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: MIN_TIMESTAMP, max: MAX_TIMESTAMP }), (ns) => {
        assert.equal(parseTimestamp(printTimestamp(ns)), ns);
      }),
    );
  });

  test('days are those of another calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (days) => {
        const date = new Date(days * 86_400_000);
        const expected = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
        assert.deepEqual(dateOfDays(days), expected);
        assert.equal(daysOfDate(expected), days);
      }),
    );
  });

  const read: readonly (readonly [text: string, printed: string])[] = [
    ['2026-11-22T12:00:00Z', '2026-11-22T12:00:00Z'],
    ['2026-11-22t12:00:00z', '2026-11-22T12:00:00Z'],
    ['2024-02-29T23:59:59.5+05:30', '2024-02-29T18:29:59.5Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
    ['1969-12-31T23:59:59.000000001Z', '1969-12-31T23:59:59.000000001Z'],
  ];
  for (const [text, printed] of read) {
    test(`${text} is read`, () => assert.equal(printTimestamp(parseTimestamp(text)), printed));
  }

  const refused = [
    '',
    '2026-11-22',
    '2026-11-22T12:00:00',
    '2026-11-22 12:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T23:59:60Z',
    '2026-11-22T12:00:00+24:00',
    '0000-12-31T23:59:59Z',
    '10000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    `2026-11-22T12:00:00.${'0'.repeat(100)}Z`,
  ];
  for (const text of refused) {
    test(`${JSON.stringify(text).slice(0, 40)} is refused`, () => assert.throws(() => parseTimestamp(text), CelError));
  }
});

describe('durations', () => {
  test('what is printed is read', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -MAX_DURATION, max: MAX_DURATION }), (ns) => {
        assert.equal(parseDuration(printDuration(ns)), ns);
      }),
    );
  });

  const read: readonly (readonly [text: string, printed: string])[] = [
    ['0', '0s'],
    ['1h30m', '5400s'],
    ['-1.5s', '-1.5s'],
    ['+.5m', '30s'],
    ['1h1m1s1ms1us1ns', '3661.001001001s'],
    ['1µs', '0.000001s'],
    ['1μs', '0.000001s'],
  ];
  for (const [text, printed] of read) {
    test(`${text} is read`, () => assert.equal(printDuration(parseDuration(text)), printed));
  }

  for (const text of [
    '',
    '-',
    '1',
    's',
    '1d',
    '1 h',
    '1h 1m',
    '.s',
    '--1s',
    '1e3s',
    '9223372037s',
    `${'9'.repeat(100)}s`,
  ]) {
    test(`${JSON.stringify(text).slice(0, 40)} is refused`, () => assert.throws(() => parseDuration(text), CelError));
  }
});

describe('time zones', () => {
  const cases: readonly (readonly [name: string, at: string, offset: number])[] = [
    ['UTC', '2026-07-01T00:00:00Z', 0],
    ['Europe/Berlin', '2026-07-01T00:00:00Z', 7200],
    ['Europe/Berlin', '2026-12-01T00:00:00Z', 3600],
    ['America/St_Johns', '2026-12-01T00:00:00Z', -12_600],
    ['Asia/Kathmandu', '2026-12-01T00:00:00Z', 20_700],
    ['Europe/Amsterdam', '1880-01-01T00:00:00Z', 1050],
    ['+05:30', '2026-12-01T00:00:00Z', 19_800],
    ['-02:30', '2026-12-01T00:00:00Z', -9000],
    ['02:00', '2026-12-01T00:00:00Z', 7200],
  ];
  for (const [name, at, offset] of cases) {
    test(`${name} at ${at}`, () => {
      assert.equal(zoneOf(name).offsetAt(Number(parseTimestamp(at) / 1_000_000_000n)), offset);
    });
  }

  for (const name of ['', 'Nowhere', '+5', '25', '__proto__', 'x'.repeat(1000)]) {
    test(`${JSON.stringify(name).slice(0, 40)} is refused`, () => assert.throws(() => zoneOf(name), CelError));
  }
});

test('whatever the text, only our errors come out', () => {
  const near = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[0-9:.TZhmsnu+-]{0,40}$/),
    fc.stringMatching(
      /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$/,
    ),
  );
  fc.assert(
    fc.property(near, fc.constantFrom(parseTimestamp, parseDuration, zoneOf), (text, parse) => {
      try {
        parse(text);
      } catch (error) {
        assert.ok(error instanceof CelError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
