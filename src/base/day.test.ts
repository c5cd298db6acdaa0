import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDay, parseInstant } from './day.ts';

test('days of the calendar, from their beginning', () => {
  assert.equal(parseDay('2026-01-31'), Date.UTC(2026, 0, 31));
  assert.equal(parseDay('2024-02-29'), Date.UTC(2024, 1, 29));
  for (const text of ['2026-02-30', '2025-02-29', '2026-13-01', '2026-1-1', '26-01-01', '2026-01-01 ', '', 'soon']) {
    assert.equal(parseDay(text), null, text);
  }
});

test('instants with their offset', () => {
  const cases: readonly (readonly [string, number | null])[] = [
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31T12:00:00Z', Date.UTC(2026, 0, 31, 12)],
    ['2026-01-31 12:00:00Z', Date.UTC(2026, 0, 31, 12)],
    ['2026-01-31T12:00:00.5+01:00', Date.UTC(2026, 0, 31, 11, 0, 0, 500)],
    ['2026-01-31T12:00:00', null],
    ['2026-02-30T12:00:00Z', null],
    ['2026-01-31T25:00:00Z', null],
  ];
  for (const [text, time] of cases) {
    assert.equal(parseInstant(text), time, text);
  }
});

test('what a clock prints is read, and no text is more than null', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.string(), (time, noise) => {
      assert.equal(parseInstant(new Date(time).toISOString()), time);
      const parsed = parseInstant(noise);
      assert.ok(parsed === null || Number.isSafeInteger(parsed));
    }),
  );
});
