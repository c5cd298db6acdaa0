import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { schemeFor } from '#lib/versions/index.ts';
import type { AffectedRange, RangeEvent } from '#model/advisory.ts';
import { evaluateRange } from './ranges.ts';

const semver = schemeFor('semver');

function range(...events: readonly RangeEvent[]): AffectedRange {
  return { type: 'SEMVER', events };
}

function version(number: number): string {
  return `${number}.0.0`;
}

describe('a range', () => {
  const django = range({ introduced: '0' }, { fixed: '2.2.24' }, { introduced: '3.0.0' }, { fixed: '3.1.12' });
  const cases: readonly (readonly [
    what: string,
    range: AffectedRange,
    version: string,
    expected: string | null | false,
  ])[] = [
    ['before the fix', django, '2.2.23', '2.2.24'],
    ['at the fix', django, '2.2.24', false],
    ['between two intervals', django, '2.9.0', false],
    ['at the second introduction', django, '3.0.0', '3.1.12'],
    ['a prerelease of the fix', django, '3.1.12-rc.1', '3.1.12'],
    ['no end', range({ introduced: '1.0.0' }), '9.0.0', null],
    ['below the introduction', range({ introduced: '1.0.0' }), '0.9.0', false],
    ['at last_affected', range({ introduced: '0' }, { last_affected: '1.6.8' }), '1.6.8', null],
    ['above last_affected', range({ introduced: '0' }, { last_affected: '1.6.8' }), '1.6.9', false],
    ['at a limit', range({ introduced: '0' }, { limit: '2.0.0' }), '2.0.0', false],
    ['below one of two limits', range({ introduced: '0' }, { limit: '2.0.0' }, { limit: '4.0.0' }), '3.0.0', null],
    ['without limit by a star', range({ introduced: '0' }, { limit: '*' }), '3.0.0', null],
    ['everything, whatever the version is', range({ introduced: '0' }), '(devel)', null],
  ];
  for (const [what, given, installed, expected] of cases) {
    it(what, () => {
      const result = evaluateRange(given, installed, semver);
      assert.deepEqual(result, expected === false ? { kind: 'unaffected' } : { kind: 'affected', fixedIn: expected });
    });
  }

  it('with a bound that is no version is unknown, and so is a version that is none', () => {
    const broken = range({ introduced: '0' }, { fixed: '1..2' });
    assert.equal(evaluateRange(broken, '1.0.0', semver).kind, 'unknown');
    assert.equal(evaluateRange(django, '(devel)', semver).kind, 'unknown');
  });

  it('introduced at 0 lies below what any scheme has', () => {
    const debian = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.0-1' }] } as const;
    assert.equal(evaluateRange(debian, '0~~beta', schemeFor('deb')).kind, 'affected');
  });

  it('of very many events is evaluated in reasonable time', () => {
    const events: RangeEvent[] = Array.from({ length: 50_000 }, () => ({ introduced: '1.0.0' }));
    assert.equal(evaluateRange(range(...events), '1.0.0', semver).kind, 'affected');
  });
});

interface Intervals {
  /** Disjoint or adjacent, some empty, ascending. */
  readonly bounds: readonly (readonly [from: number, to: number])[];
  /** The first one begins before every version; the last one never ends. */
  readonly fromStart: boolean;
  readonly open: boolean;
}

const intervals: fc.Arbitrary<Intervals> = fc.record({
  bounds: fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })), { minLength: 1, maxLength: 5 }).map((steps) => {
    let at = 1;
    return steps.map(([gap, length]) => {
      const from = at + gap;
      at = from + length;
      return [from, at] as const;
    });
  }),
  fromStart: fc.boolean(),
  open: fc.boolean(),
});

function ends({ bounds, open }: Intervals): readonly number[] {
  return bounds.map(([, to], index) => (open && index === bounds.length - 1 ? Number.POSITIVE_INFINITY : to));
}

function holds(given: Intervals, number: number): boolean {
  const starts = given.bounds.map(([from], index) => (given.fromStart && index === 0 ? 0 : from));
  return ends(given).some((end, index) => number >= (starts[index] ?? 0) && number < end);
}

function toEvents(given: Intervals): readonly RangeEvent[] {
  return ends(given).flatMap((end, index) => {
    const introduced = given.fromStart && index === 0 ? '0' : version(given.bounds[index]?.[0] ?? 0);
    return Number.isFinite(end) ? [{ introduced }, { fixed: version(end) }] : [{ introduced }];
  });
}

it('ranges: events in any order hold what the intervals hold that they were made of', () => {
  const shuffled = intervals.chain((given) => {
    const events = toEvents(given);
    return fc.record({
      given: fc.constant(given),
      events: fc.shuffledSubarray([...events], { minLength: events.length }),
    });
  });
  fc.assert(
    fc.property(shuffled, fc.nat({ max: 30 }), ({ given, events }, number) => {
      const result = evaluateRange(range(...events), version(number), semver);
      const next = Math.min(...ends(given).filter((end) => end > number && Number.isFinite(end)));
      assert.deepEqual(
        result,
        holds(given, number)
          ? { kind: 'affected', fixedIn: Number.isFinite(next) ? version(next) : null }
          : { kind: 'unaffected' },
      );
    }),
    { numRuns: 5000 },
  );
});

it('ranges: last_affected holds its bound and ends after it', () => {
  fc.assert(
    fc.property(fc.nat({ max: 9 }), fc.nat({ max: 9 }), fc.nat({ max: 20 }), (from, length, number) => {
      const events = [{ last_affected: version(from + length) }, { introduced: version(from) }];
      const expected = number >= from && number <= from + length;
      assert.equal(evaluateRange(range(...events), version(number), semver).kind, expected ? 'affected' : 'unaffected');
    }),
  );
});

it('ranges: any texts in any events give an answer', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('0', '*', '1.0.0', '2.0.0-rc.1'));
  const event: fc.Arbitrary<RangeEvent> = fc.oneof(
    text.map((introduced) => ({ introduced })),
    text.map((fixed) => ({ fixed })),
    text.map((last_affected) => ({ last_affected })),
    text.map((limit) => ({ limit })),
  );
  fc.assert(
    fc.property(
      fc.array(event),
      text,
      fc.constantFrom('apk', 'deb', 'golang', 'pep440', 'semver'),
      (events, installed, id) => {
        const { kind } = evaluateRange({ type: 'ECOSYSTEM', events }, installed, schemeFor(id));
        assert.ok(['affected', 'unaffected', 'unknown'].includes(kind));
      },
    ),
  );
});
