import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import type { ExplainedPackage, Explanation } from '#model/explanation.ts';
import { EXPLAINED_ANSWERS, RANGE_EVENTS, STATEMENT_OUTCOMES } from '#model/explanation.ts';
import { renderExplanations, renderExplanationsJson } from './explain.ts';
import { createStyle } from './style.ts';
import { columnsOf } from './text.ts';

const text = fc.string({
  unit: fc.oneof(fc.constantFrom('\n', '\u001b', '‮', '界', 'a', ' '), fc.string()),
  maxLength: 300,
});
const few = { maxLength: 3 };
const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { nil: null });
const shard = fc.record({
  ecosystem: text,
  provider: text,
  source: text,
  revision: fc.constant(digestOf('a')),
  count: fc.nat(),
});

const explained: fc.Arbitrary<ExplainedPackage> = fc.record({
  purl: text,
  name: text,
  version: text,
  paths: fc.array(text, few),
  answer: fc.constantFrom(...EXPLAINED_ANSWERS),
  reasons: fc.array(text, few),
  statements: fc.array(
    fc.record({
      advisory: text,
      ecosystem: text,
      name: text,
      version: text,
      outcome: fc.constantFrom(...STATEMENT_OUTCOMES),
      reason: orNull(text),
      fixedIn: orNull(text),
      rows: fc.array(
        fc.record({
          state: fc.constantFrom(null, 'deferred' as const),
          status: orNull(text),
          listed: orNull(fc.boolean()),
          ranges: fc.array(
            fc.record({
              type: fc.constantFrom('ECOSYSTEM' as const, 'SEMVER' as const),
              affected: fc.boolean(),
              comparisons: fc.array(
                fc.record({
                  event: fc.constantFrom(...RANGE_EVENTS),
                  bound: text,
                  order: fc.constantFrom('<', '=', '>', null),
                  reason: orNull(text),
                }),
                few,
              ),
            }),
            few,
          ),
        }),
        few,
      ),
    }),
    few,
  ),
  finding: orNull(
    fc.record({
      id: text,
      severity: fc.constantFrom('high' as const, 'unknown' as const),
      state: fc.constantFrom('fixed' as const, 'will_not_fix' as const),
      fixedIn: orNull(text),
      ratings: fc.array(fc.record({ severity: fc.constant('low' as const), scale: text, source: text }), few),
    }),
  ),
  checks: fc.array(fc.record({ check: fc.constant('owned' as const), suppresses: fc.boolean(), text }), few),
});

const explanation: fc.Arbitrary<Explanation> = fc.record({
  schemaVersion: fc.constant('1.0'),
  kind: fc.constant('explanation'),
  id: text,
  names: fc.array(text, few),
  image: fc.record({ reference: text, digest: fc.constant(null), platform: orNull(text) }),
  answer: fc.constantFrom(...EXPLAINED_ANSWERS),
  reasons: fc.array(text, few),
  packages: fc.array(explained, few),
  records: fc.array(
    fc.record({
      id: text,
      shard,
      asked: fc.boolean(),
      modified: text,
      withdrawn: orNull(text),
      about: fc.array(text, few),
    }),
    few,
  ),
  asked: fc.array(shard, few),
});

test('explanations never steer the terminal and never pass its edge', () => {
  fc.assert(
    fc.property(explanation, fc.integer({ min: 60, max: 200 }), (one, width) => {
      for (const line of renderExplanations([one, one], { width, style: createStyle(false) }).split('\n')) {
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        assert.ok(columnsOf(line) <= width, `${columnsOf(line)} columns: ${line}`);
      }
    }),
    { numRuns: 100 },
  );
});

test('explanations as JSON are one, or a list of them', () => {
  const [one] = fc.sample(explanation, { numRuns: 1, seed: 1 });
  assert.ok(one !== undefined);
  assert.deepEqual(JSON.parse(renderExplanationsJson([one], false)), JSON.parse(JSON.stringify(one)));
  assert.equal((JSON.parse(renderExplanationsJson([one, one], true)) as readonly unknown[]).length, 2);
});
