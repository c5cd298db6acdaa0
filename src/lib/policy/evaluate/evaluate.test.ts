import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Verdict } from '#model/verdict.ts';
import { evidence } from '#test/evidence.ts';
import { type Json, policyOf, type RequestParts, requestOf } from '#test/fixtures/policy-request.ts';
import { evaluate } from './evaluate.ts';

evidence('policy/verdict', 'self-made', 'documents as users write them, run in the real language');

const PASSES = 'image.user == "1000"';
const FAILS = 'image.user == "0"';
const ERRS = 'packages[7].name == ""';

describe('a decision', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string | Json>>, string, string | null])[] = [
    ['admits what keeps every rule', { a: PASSES }, 'admit', null],
    ['refuses what breaks one', { a: PASSES, b: FAILS }, 'refuse', 'rules'],
    ['warns of what breaks one that warns', { a: { expression: FAILS, action: 'warn' } }, 'warn', null],
    ['admits what breaks one that is only recorded', { a: { expression: FAILS, action: 'audit' } }, 'admit', null],
    ['refuses what cannot be evaluated', { a: ERRS }, 'refuse', 'error'],
    [
      'refuses for what is broken for certain before what cannot be evaluated',
      { a: ERRS, b: FAILS },
      'refuse',
      'rules',
    ],
    [
      'warns of what cannot be evaluated where that only warns',
      { a: { expression: ERRS, action: 'warn' } },
      'warn',
      null,
    ],
  ];
  for (const [name, rules, decision, because] of cases) {
    it(name, () => {
      const verdict = verdictOf({ policies: [policyOf('p', rules)] });
      assert.deepEqual([verdict.decision, verdict.because], [decision, because]);
      assert.ok(verdict.reasons.length > 0);
    });
  }

  it('names the rule that refuses before one that warns', () => {
    const rules = { a: { expression: FAILS, action: 'warn' }, b: FAILS };
    assert.deepEqual(verdictOf({ policies: [policyOf('p', rules)] }).reasons, ['p/b: broken', 'p/a: broken']);
  });
});

describe('an image that no policy speaks of', () => {
  const policies = [policyOf('p', { a: PASSES }, { match: { repositories: ['other.example/**'] } })];

  it('is refused where nothing else is said', () => {
    const verdict = verdictOf({ policies });
    assert.deepEqual([verdict.decision, verdict.because], ['refuse', 'unmatched']);
    assert.deepEqual(verdict.reasons, ['no policy of production speaks of this image']);
    assert.equal(verdict.rules[0]?.outcome, 'skipped');
  });

  it('is admitted or warned of where the environment says so', () => {
    for (const [unmatched, decision] of [
      ['warn', 'warn'],
      ['admit', 'admit'],
    ]) {
      assert.equal(verdictOf({ policies, environment: { unmatched } }).decision, decision);
    }
  });

  it('is one of which every rule is for another stage, too', () => {
    const other = policyOf('p', { a: { expression: PASSES, stages: ['run'] } });
    assert.equal(verdictOf({ policies: [other] }).because, 'unmatched');
    assert.equal(verdictOf({ policies: [other], context: { stage: 'run' } }).decision, 'admit');
  });
});

describe('a policy speaks of an image', () => {
  const cases: readonly (readonly [string, Json, boolean])[] = [
    ['of its stages', { stages: ['build', 'deploy'] }, true],
    ['not of others', { stages: ['run'] }, false],
    ['of its repositories', { repositories: ['registry.example/team/*'] }, true],
    ['whose neighbour has a longer name, never', { repositories: ['registry.example/team/ap'] }, false],
    ['not of those it leaves out', { excludeRepositories: ['registry.example/**'] }, false],
    ['of its platforms', { platforms: ['linux/amd64'] }, true],
    ['not of other platforms', { platforms: ['linux/arm64'] }, false],
    ['whose conditions hold', { conditions: [{ name: 'c', expression: 'packages.size() == 1' }] }, true],
    ['not where one does not hold', { conditions: [{ name: 'c', expression: 'packages.size() == 2' }] }, false],
    [
      'not where one does not hold and another cannot be evaluated',
      {
        conditions: [
          { name: 'a', expression: ERRS },
          { name: 'c', expression: 'false' },
        ],
      },
      false,
    ],
  ];
  for (const [name, match, speaks] of cases) {
    it(name, () => {
      const { rules } = verdictOf({ policies: [policyOf('p', { a: PASSES }, { match })] });
      assert.equal(rules[0]?.outcome, speaks ? 'passed' : 'skipped');
    });
  }

  it('a condition that cannot be evaluated is an error of every rule', () => {
    const match = { conditions: [{ name: 'c', expression: ERRS }] };
    const verdict = verdictOf({ policies: [policyOf('p', { a: PASSES, b: PASSES }, { match })] });
    assert.deepEqual(
      verdict.rules.map(({ outcome }) => outcome),
      ['error', 'error'],
    );
    assert.equal(verdict.because, 'error');
  });

  it('on every variant of its platform, and where the platform is not known', () => {
    const policies = [policyOf('p', { a: PASSES }, { match: { platforms: ['linux/arm64'] } })];
    const { image } = requestOf({ policies }).facts;
    for (const platform of ['linux/arm64/v8', null]) {
      assert.equal(verdictOf({ policies, facts: { image: { ...image, platform } } }).decision, 'admit');
    }
  });
});

describe('a rule', () => {
  it('tells what is wrong by its expression, and by its words where that fails', () => {
    const rules = {
      a: { expression: FAILS, messageExpression: '"runs as " + image.user', remediation: 'Do something.' },
      b: { expression: FAILS, messageExpression: 'packages[7].name' },
      c: { expression: FAILS, messageExpression: '" \\u200b "' },
    };
    const [a, b, c] = verdictOf({ policies: [policyOf('p', rules)] }).rules;
    assert.deepEqual([a?.message, b?.message, c?.message], ['runs as 1000', 'broken', 'broken']);
    assert.equal(a?.remediation, 'Do something.');
    assert.deepEqual(a.saw, [
      { expression: 'image.user', value: '"1000"' },
      { expression: 'image.user == "0"', value: 'false' },
    ]);
  });

  it('says nothing where it passed', () => {
    const [rule] = verdictOf({ policies: [policyOf('p', { a: { expression: PASSES, remediation: 'R.' } })] }).rules;
    assert.deepEqual([rule?.message, rule?.remediation, rule?.saw], ['', '', []]);
  });

  it('keeps of what it saw no more than a record should have', () => {
    const expression = Array.from({ length: 100 }, (_, index) => `image.user == "${'x'.repeat(300)}${index}"`).join(
      ' || ',
    );
    const [rule] = verdictOf({ policies: [policyOf('p', { a: expression })] }).rules;
    assert.ok((rule?.saw.length ?? 0) <= 24);
    assert.ok(rule?.saw.every(({ expression: text, value }) => text.length < 200 && value.length < 200));
  });

  it('pays for the variables that it reads as if it were alone', () => {
    const variables = [{ name: 'names', expression: 'packages.map(p, p.name)' }];
    const reads = 'variables.names.size() == 1';
    const costs = (rules: Readonly<Record<string, string>>): readonly (number | undefined)[] =>
      verdictOf({ policies: [policyOf('p', rules, { variables })] }).rules.map(({ cost }) => cost);
    assert.deepEqual(costs({ a: reads, b: reads }), [...costs({ a: reads }), ...costs({ b: reads })]);
  });

  it('past its budget is an error, and so is every rule past that of the evaluation', () => {
    const rules = { a: 'packages.all(p, p.name != "")', b: PASSES };
    const costs = verdictOf({ policies: [policyOf('p', rules)] }).rules.map(({ cost }) => cost);
    const [a = 0, b = 0] = costs;
    assert.ok(a > b);
    const outcomes = (perRule: number, perEvaluation: number): readonly string[] =>
      verdictOf({ policies: [policyOf('p', rules)], budget: { perRule, perEvaluation } }).rules.map(
        (rule) => rule.outcome,
      );
    assert.deepEqual(outcomes(a, a + b), ['passed', 'passed']);
    assert.deepEqual(outcomes(a - 1, a + b), ['error', 'passed']);
    assert.deepEqual(outcomes(a, a + b - 1), ['passed', 'error']);
    assert.deepEqual(outcomes(a, a), ['passed', 'error']);
  });

  it('of an environment that says another action has that one', () => {
    const environment = { policies: [{ policy: 'p', action: 'warn' }] };
    const verdict = verdictOf({ policies: [policyOf('p', { a: FAILS })], environment });
    assert.deepEqual([verdict.decision, verdict.rules[0]?.action, verdict.rules[0]?.effect], ['warn', 'warn', 'warn']);
  });
});

describe('validUntil', () => {
  it('is the first instant at which an age passes a line, in any outcome', () => {
    const line = 'age(image.created) <= duration("2400h")';
    const at = (expression: string): string | null =>
      verdictOf({ policies: [policyOf('p', { a: expression })] }).validUntil;
    assert.equal(at(line), '2026-04-11T00:00:00.001Z');
    assert.equal(at(`!(${line})`), '2026-04-11T00:00:00.001Z');
    assert.equal(at('context.time < timestamp("2026-03-02T00:00:00Z")'), '2026-03-02T00:00:00.000Z');
    assert.equal(at(PASSES), null);
  });

  it('counts a condition of the policy, and not a message', () => {
    const match = { conditions: [{ name: 'c', expression: 'context.time > timestamp("2026-05-01T00:00:00Z")' }] };
    assert.equal(
      verdictOf({ policies: [policyOf('p', { a: PASSES }, { match })] }).validUntil,
      '2026-05-01T00:00:00.001Z',
    );
    const messageExpression = 'age(image.created) > duration("1h") ? "old" : "new"';
    assert.equal(
      verdictOf({ policies: [policyOf('p', { a: { expression: FAILS, messageExpression } })] }).validUntil,
      null,
    );
  });

  it('is when what a VEX document excepts counts again, which it does from that instant on', () => {
    const policies = [policyOf('p', { a: 'findings.all(f, f.id != "CVE-2026-2")' })];
    const { facts: sample } = requestOf({ policies });
    const findings = sample.findings.map((finding) =>
      finding.excepted === null
        ? finding
        : { ...finding, excepted: { ...finding.excepted, expires: '2026-03-05T00:00:00.000Z' } },
    );
    const at = (time: string): Verdict => verdictOf({ policies, facts: { findings }, context: { time } });
    assert.deepEqual(
      ['2026-03-01T00:00:00.000Z', '2026-03-04T23:59:59.999Z', '2026-03-05T00:00:00.000Z'].map(
        (time) => at(time).decision,
      ),
      ['admit', 'admit', 'refuse'],
    );
    assert.equal(at('2026-03-01T00:00:00.000Z').validUntil, '2026-03-05T00:00:00.000Z');
    assert.equal(at('2026-03-05T00:00:00.000Z').validUntil, null);
  });
});

function verdictOf(parts: RequestParts): Verdict {
  return evaluate(requestOf({ ...parts, facts: { advisories: [], ...parts.facts } }));
}
