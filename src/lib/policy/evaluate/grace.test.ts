import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { HistoryFact } from '#model/facts.ts';
import type { Verdict } from '#model/verdict.ts';
import { evidence } from '#test/evidence.ts';
import { type Json, policyOf, requestOf } from '#test/fixtures/policy-request.ts';
import { evaluate } from './evaluate.ts';

evidence('policy/verdict', 'self-made', 'histories of a digest with and without an admission');

const RULE = 'p/a';
const NOW = '2026-03-01T12:00:00.000Z';
const admitted = decided('2026-02-01T00:00:00.000Z', 'admit');
const broken = decided('2026-02-25T00:00:00.000Z', 'warn', [RULE]);

describe('a grace window', () => {
  it('begins when an image that was admitted is first refused', () => {
    const verdict = verdictOf([admitted]);
    assert.deepEqual([verdict.decision, verdict.because], ['warn', null]);
    const [rule] = verdict.rules;
    assert.deepEqual(
      [rule?.outcome, rule?.action, rule?.effect, rule?.graceUntil],
      ['failed', 'deny', 'warn', '2026-03-08T12:00:00.000Z'],
    );
    assert.equal(verdict.validUntil, '2026-03-08T12:00:00.000Z');
    assert.deepEqual(verdict.reasons, ['p/a: broken (refused from 2026-03-08T12:00:00.000Z on)']);
  });

  it('ends when it is over, counted from the first time', () => {
    const at = (time: string): Verdict =>
      verdictOf([admitted, broken, decided('2026-02-28T00:00:00.000Z', 'warn', [RULE])], time);
    assert.deepEqual([at(NOW).decision, at(NOW).rules[0]?.graceUntil], ['warn', '2026-03-04T00:00:00.000Z']);
    assert.equal(at('2026-03-03T23:59:59.999Z').decision, 'warn');
    const after = at('2026-03-04T00:00:00.000Z');
    assert.deepEqual([after.decision, after.rules[0]?.graceUntil, after.validUntil], ['refuse', null, null]);
  });

  it('is not renewed by an admission in between', () => {
    const again = [
      admitted,
      decided('2026-02-02T00:00:00.000Z', 'warn', [RULE]),
      decided('2026-02-20T00:00:00.000Z', 'admit'),
    ];
    assert.equal(verdictOf(again).decision, 'refuse');
  });

  const without: readonly (readonly [string, readonly HistoryFact[]])[] = [
    ['was never seen', []],
    ['was refused only', [decided('2026-02-01T00:00:00.000Z', 'refuse', ['p/b'])]],
    ['was admitted elsewhere', [{ ...admitted, environment: 'staging' }]],
    ['was only ever admitted with the rule broken', [decided('2026-02-27T00:00:00.000Z', 'warn', [RULE])]],
    ['has a history without instants', [admitted, { ...broken, decidedAt: 'yesterday' }]],
  ];
  for (const [name, history] of without) {
    it(`is not there for an image that ${name}`, () => {
      assert.equal(verdictOf(history).decision, 'refuse');
    });
  }

  it('is not there where the environment has none, for rules that have none, for what warns anyway, and for errors', () => {
    assert.equal(verdictOf([admitted], NOW, { expression: 'false' }, {}).decision, 'refuse');
    assert.equal(verdictOf([admitted], NOW, { expression: 'false', grace: false }).decision, 'refuse');
    assert.equal(verdictOf([admitted], NOW, { expression: 'false', action: 'warn' }).rules[0]?.graceUntil, null);
    assert.equal(verdictOf([admitted], NOW, { expression: 'packages[7].name == ""' }).because, 'error');
  });

  it('does not depend on the order in which history is told', () => {
    assert.deepEqual(verdictOf([broken, admitted]).rules, verdictOf([admitted, broken]).rules);
  });
});

function decided(decidedAt: string, decision: HistoryFact['decision'], rules: readonly string[] = []): HistoryFact {
  return { environment: 'production', decision, decidedAt, broken: rules, record: digestOf(decidedAt) };
}

function verdictOf(
  history: readonly HistoryFact[],
  time = NOW,
  rule: Json = { expression: 'false' },
  environment: Json = { grace: '7d' },
): Verdict {
  const facts = { history, advisories: [] };
  return evaluate(requestOf({ policies: [policyOf('p', { a: rule })], environment, facts, context: { time } }));
}
