import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isInRange } from './vers.ts';

test('ranges hold what the specification says', () => {
  const cases: readonly (readonly [range: string, type: string, held: readonly string[], not: readonly string[]])[] = [
    ['vers:npm/1.2.3|>=2.0.0|<5.0.0', 'npm', ['1.2.3', '2.0.0', '4.9.9'], ['1.2.4', '5.0.0', '1.0.0']],
    ['vers:npm/>=1.0.0|<=1.1.0|>=1.2.0|<1.3.0', 'npm', ['1.0.0', '1.1.0', '1.2.5'], ['0.9.0', '1.1.1', '1.3.0']],
    ['vers:npm/>1.0.0|!=1.5.0|<2.0.0', 'npm', ['1.4.0', '1.6.0'], ['1.0.0', '1.5.0', '2.0.0']],
    ['vers:npm/<2.0.0', 'npm', ['0.0.1'], ['2.0.0', '3.0.0']],
    ['vers:npm/>=2.0.0', 'npm', ['2.0.0', '99.0.0'], ['1.9.9', '2.0.0-rc.1']],
    ['vers:npm/!=1.0.0', 'npm', ['1.0.1'], ['1.0.0']],
    ['vers:npm/1.0.0|2.0.0', 'npm', ['1.0.0', '2.0.0'], ['1.5.0']],
    ['vers:npm/<5.0.0|>=2.0.0', 'npm', ['3.0.0'], ['1.0.0', '6.0.0']],
    ['vers:semver/>=1.0.0|<2.0.0', 'cargo', ['1.5.0'], ['2.0.0']],
    ['vers:deb/<1%3A2.0-1', 'deb', ['2.0-1', '1:1.0-1'], ['1:2.0-1', '2:0.1-1']],
    ['vers:alpine/<1.2.5-r1', 'apk', ['1.2.5-r0'], ['1.2.5-r1']],
    ['vers:pypi/>=1.0|<2.0', 'pypi', ['1.0', '1.0.post1'], ['2.0', '1.0rc1']],
    ['vers:rpm/<1%3A1.0-1', 'rpm', ['9.0-1'], ['1:1.0-1']],
    ['vers:npm/*', 'npm', ['1.0.0', 'not a version'], []],
    ['vers:all/*', 'generic', ['1'], []],
  ];
  for (const [range, type, held, not] of cases) {
    for (const version of [...held, ...not]) {
      assert.equal(isInRange(range, version, type), held.includes(version), `${version} in ${range}`);
    }
  }
});

test('what cannot be compared says so', () => {
  const cases: readonly (readonly [range: string, version: string, type: string, why: RegExp])[] = [
    ['>=1', '1.0.0', 'npm', /expected vers:, a scheme and constraints/],
    ['vers:npm/', '1.0.0', 'npm', /constraints/],
    ['vers:npm/>=1.0.0', '1', 'pypi', /a range of the versions of "pypi" packages/],
    ['vers:semver/>=1.0.0', '1', 'deb', /a range of the versions of "deb" packages/],
    ['vers:generic/>=1', '1', 'generic', /a range of the versions of "generic" packages/],
    ['vers:npm/>=1.0.0', 'latest', 'npm', /found "latest"/],
    ['vers:npm/>=latest', '1.0.0', 'npm', /found "latest"/],
    ['vers:npm/>=1.0.0|>=2.0.0', '3.0.0', 'npm', /lower and upper bounds in turn/],
    ['vers:npm/1.0.0|<1.0.0', '1.0.0', 'npm', /each version once/],
    ['vers:npm/1.0.0||2.0.0', '1.0.0', 'npm', /a comparator and a version, found ""/],
    ['vers:npm/1.0.0|*', '1.0.0', 'npm', /found "\*"/],
    ['vers:npm/%E0%A4%A', '1.0.0', 'npm', /a comparator and a version/],
    [`vers:npm/${Array.from({ length: 1001 }, (_, at) => `${at}.0.0`).join('|')}`, '1.0.0', 'npm', /at most 1000/],
  ];
  for (const [range, version, type, why] of cases) {
    assert.match(String(isInRange(range, version, type)), why, range);
  }
});

test('ranges of intervals hold what lies in one of them, whatever the order of their constraints', () => {
  const bounds = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(
      bounds,
      fc.boolean(),
      fc.infiniteStream(fc.boolean()),
      fc.integer({ min: -1, max: 41 }),
      fc.nat(),
      (points, open, closed, probe, turn) => {
        const sorted = points.toSorted((a, b) => a - b);
        const constraints = sorted.map((at, index) => {
          const upper = (index % 2 === 0) === open;
          return { at, upper, closed: closed.next().value === true };
        });
        const text = constraints.map(
          ({ at, upper, closed: equal }) => `${upper ? '<' : '>'}${equal ? '=' : ''}${at}.0.0`,
        );
        const turned = [...text.slice(turn % text.length), ...text.slice(0, turn % text.length)];
        // Independent of the order of comparisons in the product: intervals, one by one.
        const lower = constraints.filter(({ upper }) => !upper);
        const uppers = constraints.filter(({ upper }) => upper);
        const above = ({ at, closed: equal }: (typeof constraints)[number]): boolean =>
          probe > at || (equal && probe === at);
        const below = ({ at, closed: equal }: (typeof constraints)[number]): boolean =>
          probe < at || (equal && probe === at);
        const first = constraints[0];
        const intervals = lower.map((from) => ({ from, to: uppers.find(({ at }) => at > from.at) }));
        const inside =
          (first?.upper === true && below(first)) ||
          intervals.some(({ from, to }) => above(from) && (to === undefined || below(to)));
        if (probe >= 0) {
          assert.equal(isInRange(`vers:npm/${turned.join('|')}`, `${probe}.0.0`, 'npm'), inside, turned.join('|'));
        }
      },
    ),
  );
});

test('any text gives an answer', () => {
  const part = fc.constantFrom(
    'vers:',
    'npm',
    '/',
    '|',
    '>=',
    '<',
    '!=',
    '=',
    '*',
    '1.0.0',
    '2.0.0',
    '%41',
    '%',
    ' ',
    'x',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.constantFrom('npm', 'deb', 'generic'), (parts, type) => {
      assert.ok(['boolean', 'string'].includes(typeof isInRange(parts.join(''), '1.0.0', type)));
    }),
  );
});
