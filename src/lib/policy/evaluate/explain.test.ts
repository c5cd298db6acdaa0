import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { sampleFacts } from '#test/fixtures/facts.ts';
import { exceptionOf, policyOf, requestOf } from '#test/fixtures/policy-request.ts';
import { explainRule, type RuleExplanation } from './explain.ts';

evidence('policy/verdict', 'self-made', 'one rule with conditions, variables, parameters and exceptions');

const policies = [
  policyOf(
    'p',
    { old: 'variables.count <= params.most || age(image.created) < duration("24h")', other: 'true' },
    {
      match: { conditions: [{ name: 'named', expression: 'image.repository != ""' }] },
      parameters: { most: { type: 'int', description: 'How many.', default: 0 } },
      variables: [
        { name: 'all', expression: 'findings' },
        { name: 'count', expression: 'variables.all.size()' },
        { name: 'unread', expression: 'packages' },
      ],
    },
  ),
];
const exceptions = [
  exceptionOf('finding', { digests: [sampleFacts.image.digest] }, { rules: ['p/old'], findings: ['CVE-2026-1'] }),
  exceptionOf(
    'late',
    { digests: [sampleFacts.image.digest] },
    { rules: ['p'] },
    { expires: '2026-02-02T00:00:00.000Z' },
  ),
  exceptionOf('elsewhere', { digests: [sampleFacts.image.digest] }, { rules: ['q'] }),
];

describe('a rule explained', () => {
  it('shows its expression, what it reads and what that is', () => {
    const explained = explain('p/old', false);
    assert.equal(explained.result.outcome, 'failed');
    assert.deepEqual(
      explained.conditions.map(({ name, value }) => [name, value]),
      [['named', 'true']],
    );
    assert.deepEqual(explained.parameters, [{ name: 'most', value: '0' }]);
    assert.deepEqual(
      explained.variables.map(({ name }) => name),
      ['all', 'count'],
    );
    assert.equal(explained.variables[1]?.value, '1');
    assert.equal(explained.expression.value, 'false');
    assert.ok(
      explained.expression.saw.some(({ expression, value }) => expression === 'variables.count' && value === '1'),
    );
    assert.equal(explained.expression.expression.line, 1);
    assert.deepEqual([explained.policy, explained.ownAction, explained.skipped], ['p', 'deny', '']);
  });

  it('shows what exceptions take, and which do not count', () => {
    const explained = explain('p/old', true);
    assert.equal(explained.result.outcome, 'passed');
    assert.deepEqual(
      explained.exceptions.map(({ name, state, findings }) => [name, state, findings]),
      [
        ['finding', 'used', ['CVE-2026-1']],
        ['late', 'expired', []],
      ],
    );
    assert.equal(explained.turnsAt, '2026-04-01T00:00:00.000Z');
  });

  it('that is not asked says why, without values', () => {
    const other = [policyOf('p', { a: 'image.user == ""' }, { match: { stages: ['run'] } })];
    const explained = explainRule(requestOf({ policies: other }), 'p/a');
    assert.equal(explained?.skipped, 'the policy is for the stages run');
    assert.deepEqual([explained.expression.value, explained.expression.saw], ['', []]);
  });

  it('that is none is nothing', () => {
    assert.equal(explainRule(requestOf({ policies }), 'p/none'), null);
  });
});

function explain(rule: string, withExceptions: boolean): RuleExplanation {
  const explained = explainRule(requestOf({ policies, exceptions: withExceptions ? exceptions : [] }), rule);
  assert.ok(explained);
  return explained;
}
