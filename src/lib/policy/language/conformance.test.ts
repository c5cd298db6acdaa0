import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type ConformanceCase, conformanceCases, judge } from '#test/cel/conformance.ts';
import { evidence } from '#test/evidence.ts';
import misses from './conformance-misses.json' with { type: 'json' };

evidence(
  'policy/language',
  'published',
  'conformance data of the CEL specification v0.25.1: 2,344 cases, of which 1,650 need no Protocol Buffers',
);

/** How many cases of each suite need no Protocol Buffers, at least, and how many of a hundred pass. */
const SUITES: Readonly<Record<string, readonly [cases: number, percent: number]>> = {
  basic: [43, 99],
  comparisons: [334, 99],
  conversions: [109, 99],
  fields: [60, 99],
  fp_math: [30, 99],
  integer_math: [64, 99],
  lists: [39, 99],
  logic: [30, 99],
  macros: [44, 99],
  namespace: [3, 99],
  parse: [193, 99],
  plumbing: [5, 99],
  string: [51, 99],
  timestamps: [76, 99],
  bindings_ext: [5, 95],
  block_ext: [25, 95],
  encoders_ext: [4, 95],
  macros2: [46, 95],
  math_ext: [199, 95],
  optionals: [59, 95],
  string_ext: [206, 95],
  type_deductions: [26, 95],
};
/** Suites about nothing else. */
const PROTOBUF_SUITES = ['dynamic', 'enums', 'proto2', 'proto2_ext', 'proto3', 'wrappers'];

interface Miss {
  readonly path: string;
  readonly expression: string;
  readonly expected: string;
  readonly found: string;
}

const reference = readFileSync(new URL('../../../../docs/reference/policy-language.md', import.meta.url), 'utf8');
const judged = conformanceCases().map((one) => ({ one, outcome: judge(one) }));
const found: readonly Miss[] = judged.flatMap(({ one, outcome }) =>
  outcome.kind === 'miss'
    ? [{ path: one.path, expression: one.expression, expected: outcome.expected, found: outcome.found }]
    : [],
);

test('conformance: cases are those of the published data', () => {
  assert.equal(judged.length, 2344);
  const suites = new Set(judged.map(({ one }) => one.suite));
  assert.deepEqual([...suites].toSorted(), [...Object.keys(SUITES), ...PROTOBUF_SUITES].toSorted());
});

for (const [suite, [least, percent]] of Object.entries(SUITES)) {
  test(`conformance: ${suite}`, (t) => {
    const [passed, cases, protobuf] = countOf((one) => one.suite === suite);
    t.diagnostic(`${passed} of ${cases} pass; ${protobuf} more need Protocol Buffers`);
    assert.ok(cases >= least, `${cases} cases, ${least} were expected at least`);
    assert.ok(passed * 100 >= cases * percent, `${passed} of ${cases} pass, ${percent} % are required`);
  });
}

test('conformance: a case is left out only because a type of Protocol Buffers stands in it', (t) => {
  const [passed, cases, protobuf] = countOf(() => true);
  t.diagnostic(`${passed} of ${cases} pass; ${protobuf} more need Protocol Buffers`);
  assert.ok(cases >= 1651, `${cases} cases need no Protocol Buffers`);
  for (const suite of PROTOBUF_SUITES) {
    assert.equal(countOf((one) => one.suite === suite)[1], 0, suite);
  }
  assert.match(reference, new RegExp(`\\b${passed} of ${cases}\\b`), 'the reference page has the count');
  assert.match(reference, new RegExp(`\\b${protobuf} cases\\b`), 'the reference page has how many are left out');
});

test('conformance: the misses are those that the list has, each with its reason on the reference page', () => {
  assert.deepEqual(
    found,
    misses.map(({ path, expression, expected, found: was }) => ({ path, expression, expected, found: was })),
  );
  const section = reference.slice(reference.indexOf('## Conformance'));
  for (const { path, reason } of misses as readonly (Miss & { reason: string })[]) {
    assert.ok(section.includes(`| \`${path}\` | ${reason} |`), path);
  }
  assert.equal(section.match(/^\| `\w+\/\w+\/[^`]+` \|/gm)?.length ?? 0, misses.length);
});

function countOf(
  counts: (one: ConformanceCase) => boolean,
): readonly [passed: number, cases: number, protobuf: number] {
  const chosen = judged.filter(({ one }) => counts(one));
  const protobuf = chosen.filter(({ outcome }) => outcome.kind === 'protobuf').length;
  const passed = chosen.filter(({ outcome }) => outcome.kind === 'pass').length;
  return [passed, chosen.length - protobuf, protobuf];
}
