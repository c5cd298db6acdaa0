import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CelError } from '../error.ts';
import { compile, createMeter, POLICY_LIBRARIES } from '../index.ts';
import { DURATION, TIMESTAMP } from '../type.ts';
import { CelTimestamp, type CelValue } from '../value.ts';
import { showValue } from './show.ts';
import { parseDuration, parseTimestamp, printTimestamp } from './time/text.ts';

const NOW = '2026-11-22T12:00:00Z';
const NOW_NS = parseTimestamp(NOW);
const CREATED = parseTimestamp('2026-11-01T12:00:00Z');
const variables = new Map([
  ['time', TIMESTAMP],
  ['created', TIMESTAMP],
  ['left', DURATION],
]);

/** The value as text, or the error, and when it turns. */
function at(text: string, now: bigint): { readonly value: string; readonly turn: bigint | null } {
  const compiled = compile(text, { variables, libraries: POLICY_LIBRARIES, container: '', checked: true });
  assert.ok(compiled.ok, `${text}: ${JSON.stringify(compiled)}`);
  const meter = createMeter(100_000, now);
  const lookUp = (name: string): CelValue => new CelTimestamp(name === 'time' ? now : CREATED, name === 'time' ? 1 : 0);
  try {
    return { value: showValue(compiled.program.evaluate(lookUp, meter), 1000), turn: meter.horizon };
  } catch (error) {
    assert.ok(error instanceof CelError, String(error));
    return { value: `error: ${error.message}`, turn: meter.horizon };
  }
}

describe('a comparison turns at the nanosecond at which its answer does', () => {
  const cases: readonly (readonly [text: string, value: string, turn: string | null])[] = [
    ["age(created) < duration('720h')", 'true', '2026-12-01T12:00:00Z'],
    ["age(created) <= duration('720h')", 'true', '2026-12-01T12:00:00.000000001Z'],
    ["age(created) >= duration('720h')", 'false', '2026-12-01T12:00:00Z'],
    ["age(created) > duration('720h')", 'false', '2026-12-01T12:00:00.000000001Z'],
    ["age(created) == duration('720h')", 'false', '2026-12-01T12:00:00Z'],
    ["age(created) != duration('504h')", 'false', '2026-11-22T12:00:00.000000001Z'],
    ["age(created) > duration('24h')", 'true', null],
    ["age(created) == duration('24h')", 'false', null],
    ["duration('24h') >= age(created)", 'false', null],
    ["time < timestamp('2027-01-01T00:00:00Z')", 'true', '2027-01-01T00:00:00Z'],
    ["timestamp('2027-01-01T00:00:00Z') - time > duration('24h')", 'true', '2026-12-31T00:00:00Z'],
    ["timestamp('2027-01-01T00:00:00Z') - time < duration('24h')", 'false', '2026-12-31T00:00:00.000000001Z'],
    ["created < timestamp('2027-01-01T00:00:00Z')", 'true', null],
    ['time - time == age(time)', 'true', null],
    ["time < time + duration('1h')", 'true', '9999-12-31T23:00:00Z'],
    ["age(created) in [duration('600h'), duration('720h')]", 'false', '2026-11-26T12:00:00Z'],
    ["age(created) + age(created) < duration('1010h')", 'true', '2026-11-22T13:00:00Z'],
  ];
  for (const [text, value, turn] of cases) {
    test(text, () => {
      const found = at(text, NOW_NS);
      assert.equal(found.value, value);
      assert.equal(found.turn === null ? null : printTimestamp(found.turn), turn);
      if (found.turn !== null) {
        assert.equal(at(text, found.turn - 1n).value, value, 'just before');
        assert.notEqual(at(text, found.turn).value, value, 'at the turn');
      }
    });
  }
});

describe('parts of a moving time turn at the next of them', () => {
  const cases: readonly (readonly [text: string, value: string, turn: string])[] = [
    ['time.getHours()', '12', '2026-11-22T13:00:00Z'],
    ["time.getHours('Asia/Kolkata')", '17', '2026-11-22T12:30:00Z'],
    ["time.getDayOfWeek('Europe/Berlin')", '0', '2026-11-22T23:00:00Z'],
    ["time.getDate('-05:30')", '22', '2026-11-23T05:30:00Z'],
    ['time.getFullYear()', '2026', '2026-11-23T00:00:00Z'],
    ['age(created).getHours()', '504', '2026-11-22T13:00:00Z'],
    ["(timestamp('2026-11-22T12:30:00Z') - time).getMinutes()", '30', '2026-11-22T12:00:00.000000001Z'],
    ["(timestamp('2026-11-22T12:30:00.5Z') - time).getMinutes()", '30', '2026-11-22T12:00:00.500000001Z'],
    ["age(timestamp('2026-11-22T12:30:00Z')).getHours()", '0', '2026-11-22T13:30:00Z'],
    ['int(time)', '1795348800', '2026-11-22T12:00:01Z'],
    ['string(time)', '"2026-11-22T12:00:00Z"', '2026-11-22T12:00:00.000000001Z'],
    ['string(age(created))', '"1814400s"', '2026-11-22T12:00:00.000000001Z'],
    ["'%s'.format([age(created)])", '"1814400s"', '2026-11-22T12:00:00.000000001Z'],
  ];
  for (const [text, value, turn] of cases) {
    test(text, () => {
      const found = at(text, NOW_NS);
      assert.deepEqual([found.value, found.turn === null ? null : printTimestamp(found.turn)], [value, turn]);
    });
  }

  test('a clock that is put back does not hide it', () => {
    // In Berlin the hour from 02:00 to 03:00 is there twice on 2026-10-25; midnight of that day is 22:00 UTC, the next 23:00 UTC.
    const evening = parseTimestamp('2026-10-24T21:30:00Z');
    assert.equal(printTimestamp(at("time.getDate('Europe/Berlin')", evening).turn ?? 0n), '2026-10-24T22:00:00Z');
    const morning = parseTimestamp('2026-10-25T00:30:00Z');
    assert.deepEqual(at("time.getHours('Europe/Berlin')", morning), {
      value: '2',
      turn: parseTimestamp('2026-10-25T01:00:00Z'),
    });
    // The offset changes before the day does: what is told may come early, never late.
    const day = at("time.getDate('Europe/Berlin')", morning);
    assert.equal(printTimestamp(day.turn ?? 0n), '2026-10-25T01:00:00Z');
  });
});

test('the end of what is allowed is a turn too', () => {
  const text = "(time + duration('100h')).getFullYear() > 0";
  const late = parseTimestamp('9999-12-27T12:00:00Z');
  const found = at(text, late);
  assert.equal(found.value, 'true');
  assert.ok(at(text, (found.turn ?? 0n) - 1n).value === 'true');
  const past = at(text, parseTimestamp('9999-12-30T12:00:00Z'));
  assert.match(past.value, /out of range/);
  assert.equal(past.turn, null);
  const early = at("(time - duration('100h')).getFullYear() > 0", parseTimestamp('0001-01-02T00:00:00Z'));
  assert.match(early.value, /out of range/);
  assert.equal(printTimestamp(early.turn ?? 0n), '0001-01-05T04:00:00Z');
});

const instants = fc
  .bigInt({ min: NOW_NS - parseDuration('20000h'), max: NOW_NS + parseDuration('20000h') })
  .map((ns) => ns - (ns % 1_000_000n));
const fixedTimes = fc.oneof(
  instants.map((ns) => `timestamp('${printTimestamp(ns)}')`),
  fc.constantFrom('time', 'created'),
);
const fixedDurations = fc.oneof(
  fc.integer({ min: -20_000, max: 20_000 }).map((hours) => `duration('${hours}h')`),
  fc.integer({ min: -5000, max: 5000 }).map((ms) => `duration('${ms}ms')`),
  fixedTimes.map((time) => `age(${time})`),
);
const durations = fc.oneof(
  fixedDurations,
  fc.tuple(fixedTimes, fixedTimes).map(([a, b]) => `(${a} - ${b})`),
  fc.tuple(fixedDurations, fc.constantFrom('+', '-'), fixedDurations).map(([a, sign, b]) => `(${a} ${sign} ${b})`),
);
const times = fc.oneof(
  fixedTimes,
  fc.tuple(fixedTimes, fc.constantFrom('+', '-'), durations).map(([a, sign, b]) => `(${a} ${sign} ${b})`),
);
const zones = fc.constantFrom('', "'Europe/Berlin'", "'America/St_Johns'", "'+05:45'", "'Australia/Lord_Howe'");
const parts = fc.oneof(
  fc
    .tuple(
      times,
      fc.constantFrom('getFullYear', 'getMonth', 'getDayOfYear', 'getDate', 'getDayOfWeek', 'getHours', 'getMinutes'),
      zones,
    )
    .map(([time, part, zone]) => `${time}.${part}(${zone})`),
  fc
    .tuple(durations, fc.constantFrom('getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'))
    .map(([a, part]) => `${a}.${part}()`),
  times.map((time) => `int(${time})`),
  times.map((time) => `size(string(${time}))`),
);
const relations = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
const comparisons = fc.oneof(
  ...[durations, times].map((side) =>
    fc.tuple(side, relations, side).map(([a, relation, b]) => `${a} ${relation} ${b}`),
  ),
  fc.tuple(parts, relations, fc.integer({ min: 0, max: 60 })).map(([part, relation, n]) => `${part} ${relation} ${n}`),
  fc.tuple(durations, fc.array(durations, { maxLength: 3 })).map(([a, list]) => `${a} in [${list.join(', ')}]`),
  fc
    .tuple(durations, fc.array(durations, { minLength: 1, maxLength: 3 }))
    .map(([a, list]) => `${a} == [${list.join(', ')}].min()`),
);
const expressions = fc.oneof(
  comparisons,
  parts,
  fc.tuple(comparisons, fc.constantFrom('&&', '||'), comparisons).map(([a, sign, b]) => `(${a}) ${sign} (${b})`),
  fc.tuple(comparisons, parts, parts).map(([a, b, c]) => `(${a}) ? ${b} : ${c}`),
);

test('the value is the same at every instant before the turn', () => {
  fc.assert(
    fc.property(
      expressions,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
      (text, fractions) => {
        const { value, turn } = at(text, NOW_NS);
        const end = turn ?? NOW_NS + parseDuration('100000h');
        const length = end - NOW_NS;
        assert.ok(length > 0n, text);
        const between = fractions.map(
          (fraction) => NOW_NS + (length * BigInt(Math.floor(fraction * 1e9))) / 1_000_000_001n,
        );
        for (const later of [end - 1n, ...between]) {
          assert.equal(
            at(text, later).value,
            value,
            `${text} at ${printTimestamp(later)}, turn ${printTimestamp(end)}`,
          );
        }
      },
    ),
    { numRuns: 400 },
  );
});
