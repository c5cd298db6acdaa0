import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { canonicalDigest } from '#base/json/canonical.ts';
import type { Facts, HistoryFact } from '#model/facts.ts';
import type { RuleResult, Verdict } from '#model/verdict.ts';
import { evidence } from '#test/evidence.ts';
import { sampleFacts, sampleFinding, samplePackage } from '#test/fixtures/facts.ts';
import { exceptionOf, type Json, policyOf, type RequestParts, requestOf } from '#test/fixtures/policy-request.ts';
import { evaluate } from './evaluate.ts';
import { recordOf } from './replay.ts';
import type { EvaluateRequest } from './request.ts';

evidence('policy/verdict', 'self-made', 'laws over random policies, exceptions, facts and times, in the real language');

const digest = digestOf('facts');
const DAY = 86_400_000;
const START = Date.parse('2026-03-01T00:00:00.000Z');
const RUNS = { numRuns: 60 };

/** Expressions of every kind: of facts, of time, of variables, and some that fail. */
const EXPRESSIONS = [
  'image.user == "1000"',
  'findings.size() < 3',
  'findings.all(f, f.id != "CVE-0")',
  'findings.all(f, f.severity < severity.critical || f.fixedIn == "")',
  'exceptedFindings.size() > 0',
  'packages.all(p, p.name != "p1")',
  'packages[1].name != "p0"',
  'variables.old.size() == 0',
  'variables.old.size() < packages.size()',
  'age(image.created) < duration("1500h")',
  'context.time < timestamp("2026-03-10T00:00:00Z")',
  'lifecycle.all(l, l.endOfLife == null || l.endOfLife > context.time)',
  'history.all(h, age(h.decidedAt) > duration("100h"))',
  'findings.exists(f, f.aliases.exists(a, a == "GHSA-1"))',
  'context.stage == "deploy" || image.labels["absent"] == ""',
];
const VARIABLES = [
  { name: 'since', expression: 'context.time - duration("240h")' },
  { name: 'old', expression: 'findings.filter(f, f.published != null && f.published < variables.since)' },
];

const expression = fc.constantFrom(...EXPRESSIONS);
const rule = fc.record({
  expression,
  action: fc.constantFrom('deny', 'warn', 'audit'),
  stages: fc.constantFrom(['deploy'], ['run'], ['deploy', 'run']),
  messageExpression: fc.constantFrom('string(findings.size()) + " found"', 'packages[9].name'),
});
const policies = fc
  .array(
    fc.record({
      rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
      condition: fc.option(expression, { freq: 4 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((given) =>
    given.map(({ rules, condition }, index) => {
      const conditions = condition === null ? [] : [{ name: 'c', expression: condition }];
      const named = Object.fromEntries(rules.map((one, at) => [`r${at}`, one]));
      return policyOf(`p${index}`, named, { variables: VARIABLES, match: { conditions } });
    }),
  );
const instant = fc.integer({ min: -40, max: 40 }).map((days) => new Date(START + days * DAY).toISOString());
const scope = fc.constantFrom<Json>(
  { digests: [digest] },
  { digests: [digestOf('other')] },
  { repositories: ['registry.example/**'] },
  { repositories: ['other.example/**'] },
  { packages: ['pkg:npm/p0'] },
  { packages: ['pkg:npm/p1@1.0.0'], digests: [digest] },
);
const target = fc.constantFrom<Json>(
  { rules: ['p0'] },
  { rules: ['p0/r0', 'p1/r1'] },
  { findings: ['CVE-0', 'GHSA-1'] },
  { rules: ['p1'], findings: ['CVE-2'] },
);
const exception = fc.record({ scope, target, expires: instant, days: fc.integer({ min: 1, max: 60 }) });
const exceptions = fc.array(exception, { maxLength: 4 }).map((given) =>
  given.map(({ scope: where, target: what, expires, days }, index) => {
    const requested = new Date(Date.parse(expires) - days * DAY).toISOString();
    return exceptionOf(`x${index}`, where, what, { expires, requested });
  }),
);
const finding = fc.record({
  number: fc.nat(3),
  package: fc.nat(2),
  severity: fc.constantFrom('critical', 'high', 'low'),
  published: fc.option(instant),
  vexUntil: fc.option(instant, { freq: 3 }),
});
const facts = fc
  .record({
    findings: fc.array(finding, { maxLength: 5 }),
    packages: fc.nat(3),
    created: instant,
    endOfLife: fc.option(instant),
    history: fc.array(
      fc.record({
        decidedAt: instant,
        decision: fc.constantFrom('admit', 'warn', 'refuse'),
        broken: fc.constantFrom([], ['p0/r0']),
      }),
      { maxLength: 2 },
    ),
    checked: instant,
  })
  .map(({ findings, packages, created, endOfLife, history, checked }) => ({
    image: { ...sampleFacts.image, created },
    packages: Array.from({ length: packages }, (_, index) => packageOf(index)),
    findings: findings.map(({ number, package: of, severity, published, vexUntil }) => ({
      ...sampleFinding,
      id: `CVE-${number}`,
      aliases: [`GHSA-${number}`],
      severity,
      published,
      package: { purl: packageOf(of).purl, name: `p${of}`, version: '1.0.0' },
      excepted:
        vexUntil === null
          ? null
          : { status: 'not_affected', justification: null, author: 'A', document: 'd', expires: vexUntil },
    })),
    lifecycle: sampleFacts.lifecycle.map((one) => ({ ...one, endOfLife })),
    history: history.map((one): HistoryFact => ({ ...one, environment: 'production', record: digest })),
    advisories: sampleFacts.advisories.map((one) => ({
      ...one,
      checked,
      staleFrom: new Date(Date.parse(checked) + 30 * DAY).toISOString(),
    })),
  })) as fc.Arbitrary<Partial<Facts>>;
const environment = fc.constantFrom<Json>({}, { grace: '7d' }, { advisoryMaximumAge: '20d', unmatched: 'warn' });

const parts: fc.Arbitrary<RequestParts> = fc.record({ policies, exceptions, facts, environment, context: context() });

test('a verdict is the same in any order of policies, rules, exceptions, packages and findings', () => {
  fc.assert(
    fc.property(parts, (given) => {
      const request = requestOf(given);
      assert.equal(recordOf(evaluate(turned(request))), recordOf(evaluate(request)));
    }),
    RUNS,
  );
});

test('a verdict is the same of facts that have been JSON', () => {
  fc.assert(
    fc.property(parts, (given) => {
      const request = requestOf(given);
      const again = { ...request, facts: JSON.parse(JSON.stringify(request.facts)) as Facts };
      assert.equal(recordOf(evaluate(again)), recordOf(evaluate(request)));
    }),
    RUNS,
  );
});

test('one more rule that denies never admits what was refused by others', () => {
  fc.assert(
    fc.property(parts, expression, fc.nat(2), fc.boolean(), (given, added, at, tight) => {
      const request = requestOf(given);
      const before = evaluate(request);
      // With hardly anything left to spend, what the new rule costs is missing elsewhere.
      const spent = before.rules.reduce((sum, { cost }) => sum + cost, 0);
      const budget = tight ? { perRule: 1000, perEvaluation: spent + 1 } : undefined;
      const withBudget = budget === undefined ? given : { ...given, budget };
      const old = budget === undefined ? before : evaluate({ ...request, budget });
      const more = given.policies.map((policy, index) =>
        index === at % given.policies.length
          ? {
              ...policy,
              validations: [
                ...(policy['validations'] as readonly Json[]),
                { name: 'a', message: 'm', expression: added },
              ],
            }
          : policy,
      );
      const now = evaluate(requestOf({ ...withBudget, policies: more }));
      if (old.decision === 'refuse' && old.because !== 'unmatched') {
        assert.equal(now.decision, 'refuse');
      }
    }),
    RUNS,
  );
});

test('one more exception changes no rule that it is not about', () => {
  fc.assert(
    fc.property(parts, exception, (given, { scope: where, target: what, expires, days }) => {
      const requested = new Date(Date.parse(expires) - days * DAY).toISOString();
      const one = exceptionOf('new', where, what, { expires, requested });
      const { set, ...request } = requestOf({ ...given, exceptions: [...(given.exceptions ?? []), one] });
      const before = evaluate({
        ...request,
        set: { ...set, exceptions: set.exceptions.filter(({ name }) => name !== 'new') },
      });
      const after = evaluate({ ...request, set });
      const elsewhere = JSON.stringify(where).includes('other') || JSON.stringify(where).includes(digestOf('other'));
      const takes = 'findings' in what || 'packages' in where;
      const named = what['rules'] as readonly string[] | undefined;
      for (const [index, rule] of after.rules.entries()) {
        const isNamed =
          named === undefined || named.some((name) => rule.rule === name || rule.rule.startsWith(`${name}/`));
        if (!rule.exceptions.includes('new') || elsewhere || !isNamed) {
          assert.deepEqual(saidOf(rule, takes), saidOf(before.rules[index], takes));
          assert.ok(!rule.exceptions.includes('new') || (!elsewhere && isNamed));
        }
      }
    }),
    RUNS,
  );
});

/** A message may count findings that its rule does not look at, and counts none that an exception takes: it alone may then differ. */
function saidOf(rule: RuleResult | undefined, takes: boolean): unknown {
  return takes ? { ...rule, message: '' } : rule;
}

test('before validUntil no passage of time changes the decision or an outcome', () => {
  fc.assert(
    fc.property(parts, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
      const request = requestOf(given);
      const before = evaluate(request);
      const now = Date.parse(before.context.time);
      const until = before.validUntil === null ? now + 400 * DAY : Date.parse(before.validUntil);
      assert.ok(until > now);
      for (const time of new Set([now + 1, Math.floor(now + share * (until - now)), until - 1])) {
        if (time >= now && time < until) {
          const after = evaluate({ ...request, context: { ...request.context, time: new Date(time).toISOString() } });
          assert.deepEqual(summary(after), summary(before));
        }
      }
    }),
    { numRuns: 120 },
  );
});

function summary({ decision, because, rules }: Verdict): unknown {
  return [decision, because, rules.map(({ rule, outcome, effect }) => [rule, outcome, effect])];
}

function context(): fc.Arbitrary<RequestParts['context'] & object> {
  return fc.record({
    time: fc.integer({ min: 0, max: 40 * DAY }).map((after) => new Date(START - 20 * DAY + after).toISOString()),
    stage: fc.constantFrom('deploy', 'run'),
  });
}

function packageOf(index: number): Facts['packages'][number] {
  return { ...samplePackage, name: `p${index}`, version: '1.0.0', purl: `pkg:npm/p${index}@1.0.0` };
}

/** All that is a set, the other way round; of the same digests. */
function turned(request: EvaluateRequest): EvaluateRequest {
  const { compiled, set, facts: given } = request;
  const turnedFacts = { ...given, packages: given.packages.toReversed(), findings: given.findings.toReversed() };
  assert.equal(canonicalDigest(turnedFacts.image), request.manifest.parts.image);
  return {
    ...request,
    facts: turnedFacts,
    set: { ...set, policies: set.policies.toReversed(), exceptions: set.exceptions.toReversed() },
    compiled: {
      ...compiled,
      policies: compiled.policies.toReversed().map((policy) => ({
        ...policy,
        validations: policy.validations.toReversed(),
        conditions: policy.conditions.toReversed(),
      })),
    },
  };
}
