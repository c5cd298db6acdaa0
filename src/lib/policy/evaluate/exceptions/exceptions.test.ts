import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { LifecycleFact } from '#model/facts.ts';
import type { RuleResult, Verdict } from '#model/verdict.ts';
import { evidence } from '#test/evidence.ts';
import { sampleFacts, sampleFinding, samplePackage } from '#test/fixtures/facts.ts';
import { exceptionOf, type Json, policyOf, type RequestParts, requestOf } from '#test/fixtures/policy-request.ts';
import { classifyLicenses } from '../../licenses/classify.ts';
import { evaluate } from '../evaluate.ts';

evidence('policy/verdict', 'self-made', 'exceptions of every scope and target');

const { digest } = sampleFacts.image;
const OTHER = digestOf('another image');
const HERE = { digests: [digest] };
const LATE = '2026-04-01T00:00:00.000Z';

/** `vulnerable` breaks on the finding, `packages` on the package, `user` on something else. */
const policies = [
  policyOf('p', {
    vulnerable: 'findings.size() == 0',
    packages: 'packages.all(p, p.name != "@acme/app")',
    user: 'image.user == "0"',
  }),
  policyOf('q', { vulnerable: 'findings.all(f, f.severity != severity.high)' }),
];

describe('an exception lets', () => {
  const cases: readonly (readonly [string, Json, Json, readonly string[]])[] = [
    ['a rule be broken', HERE, { rules: ['p/user'] }, ['p/user']],
    ['all rules of a policy be broken', HERE, { rules: ['p'] }, ['p/packages', 'p/user', 'p/vulnerable']],
    ['a finding pass for every rule', HERE, { findings: ['CVE-2026-1'] }, ['p/vulnerable', 'q/vulnerable']],
    ['a finding pass by an alias', HERE, { findings: ['GHSA-aaaa-bbbb-cccc'] }, ['p/vulnerable', 'q/vulnerable']],
    ['no finding whose id is in other case', HERE, { findings: ['cve-2026-1', 'ghsa-aaaa-bbbb-cccc'] }, []],
    ['a finding pass for a rule', HERE, { rules: ['q/vulnerable'], findings: ['CVE-2026-1'] }, ['q/vulnerable']],
    ['nothing of another finding', HERE, { findings: ['CVE-2026-11', 'CVE-2026-2'] }, []],
    ['nothing of another rule', HERE, { rules: ['p/use', 'p/user2', 'pp'] }, []],
    ['nothing of another digest', { digests: [OTHER] }, { rules: ['p'] }, []],
    ['what is in its repositories', { repositories: ['registry.example/team/*'] }, { rules: ['p/user'] }, ['p/user']],
    ['nothing of another repository', { repositories: ['registry.example/team/ap'] }, { rules: ['p'] }, []],
    [
      'nothing where one part of its scope does not hold',
      { ...HERE, repositories: ['other.example/**'] },
      { rules: ['p'] },
      [],
    ],
    [
      'nothing of another digest in its repository',
      { digests: [OTHER], repositories: ['registry.example/**'] },
      { rules: ['p'] },
      [],
    ],
    [
      'a package, and its findings, be there for a rule',
      { packages: ['pkg:npm/%40acme/app'] },
      { rules: ['p/packages', 'p/vulnerable', 'p/user'] },
      ['p/packages', 'p/vulnerable'],
    ],
    [
      'one version of a package',
      { packages: ['pkg:npm/%40acme/app@1.2.3'] },
      { rules: ['p/packages'] },
      ['p/packages'],
    ],
    ['no other version', { packages: ['pkg:npm/%40acme/app@1.2'] }, { rules: ['p/packages'] }, []],
    [
      'no package whose name is longer',
      { packages: ['pkg:npm/%40acme/ap', 'pkg:npm/%40acme/app2'] },
      { rules: ['p/packages'] },
      [],
    ],
    [
      'no package of another namespace or type',
      { packages: ['pkg:npm/app', 'pkg:pypi/%40acme/app'] },
      { rules: ['p/packages'] },
      [],
    ],
    [
      'a finding of a package, and the package stays',
      { packages: ['pkg:npm/%40acme/app'] },
      { findings: ['CVE-2026-1'] },
      ['p/vulnerable', 'q/vulnerable'],
    ],
    ['no finding of another package', { packages: ['pkg:npm/left-pad'] }, { findings: ['CVE-2026-1'] }, []],
  ];
  for (const [name, scope, target, changed] of cases) {
    it(name, () => {
      const without = verdictOf({ policies });
      const verdict = verdictOf({ policies, exceptions: [exceptionOf('x', scope, target)] });
      const differing = verdict.rules.filter((rule, index) => rule.outcome !== without.rules[index]?.outcome);
      assert.deepEqual(
        differing.map(({ rule }) => rule),
        changed,
      );
      assert.ok(differing.every(({ outcome }) => outcome === 'passed' || outcome === 'excepted'));
      // What it did not change is told as before, to the letter.
      const untouched = verdict.rules.filter(({ exceptions }) => exceptions.length === 0);
      assert.deepEqual(
        untouched,
        without.rules.filter(({ rule }) => untouched.some((other) => other.rule === rule)),
      );
      assert.deepEqual(
        verdict.exceptions.flatMap(({ rules }) => rules),
        changed,
      );
    });
  }

  it('what was chosen from its index pass', () => {
    const image = { ...sampleFacts.image, index: OTHER };
    const exceptions = [exceptionOf('x', { digests: [OTHER] }, { rules: ['p/user'] })];
    assert.equal(ruleOf(verdictOf({ policies, exceptions, facts: { image } }), 'p/user')?.outcome, 'excepted');
  });

  it('no error pass', () => {
    const exceptions = [exceptionOf('x', HERE, { rules: ['e'] })];
    const verdict = verdictOf({ policies: [policyOf('e', { a: 'packages[7].name == ""' })], exceptions });
    assert.deepEqual([verdict.because, verdict.exceptions, verdict.idleExceptions[0]?.why], ['error', [], 'unused']);
  });

  it('no policy be passed over: conditions see what it takes', () => {
    const match = { conditions: [{ name: 'c', expression: 'findings.size() > 0' }] };
    const exceptions = [exceptionOf('x', HERE, { findings: ['CVE-2026-1'] })];
    const verdict = verdictOf({ policies: [policyOf('p', { a: 'image.user == "0"' }, { match })], exceptions });
    assert.equal(verdict.because, 'rules');
  });

  it('two exceptions do not make a wider one', () => {
    const exceptions = [
      exceptionOf('digest', { digests: [digest] }, { rules: ['q/vulnerable'] }),
      exceptionOf('rule', { digests: [OTHER] }, { rules: ['p/user'] }),
      exceptionOf('repository', { repositories: ['other.example/**'] }, { findings: ['CVE-2026-1'] }),
    ];
    const { rules } = verdictOf({ policies, exceptions });
    assert.deepEqual(
      rules.filter(({ outcome }) => outcome !== 'failed').map(({ rule }) => rule),
      ['q/vulnerable'],
    );
  });
});

describe('the time of an exception', () => {
  const outcomeAt = (
    time: string,
    more: Json = {},
  ): readonly [string | undefined, string | undefined, string | null] => {
    const exceptions = [exceptionOf('x', HERE, { rules: ['p'] }, more)];
    const verdict = verdictOf({ policies: [policyOf('p', { a: 'image.user == "0"' })], exceptions, context: { time } });
    return [verdict.rules[0]?.outcome, verdict.idleExceptions[0]?.why, verdict.validUntil];
  };

  it('ends with the instant before it expires', () => {
    assert.deepEqual(outcomeAt('2026-03-31T23:59:59.999Z'), ['excepted', undefined, LATE]);
    assert.deepEqual(outcomeAt(LATE), ['failed', 'expired', null]);
  });

  it('begins when it was asked for, and that is known before', () => {
    assert.deepEqual(outcomeAt('2026-01-31T23:59:59.999Z'), ['failed', 'not-yet', '2026-02-01T00:00:00.000Z']);
    assert.deepEqual(outcomeAt('2026-02-01T00:00:00.000Z'), ['excepted', undefined, LATE]);
  });

  it('is not longer than the environment allows', () => {
    const at = (maximum: string): string | undefined => {
      const exceptions = [exceptionOf('x', HERE, { rules: ['p'] })];
      const parts = { policies: [policyOf('p', { a: 'image.user == "0"' })], exceptions };
      return verdictOf({ ...parts, environment: { exceptions: { maximum } } }).idleExceptions[0]?.why;
    };
    assert.deepEqual([at('59d'), at('58d')], [undefined, 'too-long']);
  });
});

describe('exceptions are told', () => {
  it('as used where they changed what a rule looks at, with the findings', () => {
    const exceptions = [exceptionOf('x', HERE, { findings: ['GHSA-aaaa-bbbb-cccc'] })];
    const { exceptions: used } = verdictOf({ policies, exceptions });
    assert.deepEqual(
      used.map(({ name, rules, findings, expires, approver, ticket }) => [
        name,
        rules,
        findings,
        expires,
        approver,
        ticket,
      ]),
      [['x', ['p/vulnerable', 'q/vulnerable'], ['CVE-2026-1'], LATE, 'approver', 'T-1']],
    );
  });

  it('as idle with why, and not at all for other images and environments', () => {
    const exceptions = [
      exceptionOf('a-unused', HERE, { findings: ['CVE-1999-1'] }),
      exceptionOf('b-expired', HERE, { rules: ['p'] }, { expires: '2026-02-20T00:00:00.000Z' }),
      exceptionOf('c-elsewhere', { digests: [OTHER] }, { rules: ['p'] }),
      exceptionOf('d-staging', HERE, { rules: ['p'] }, { environments: ['staging'] }),
      exceptionOf('e-no-such-package', { packages: ['pkg:npm/left-pad'] }, { rules: ['p'] }),
      exceptionOf('f-passes', HERE, { rules: ['ok'] }),
    ];
    const verdict = verdictOf({ policies: [...policies, policyOf('ok', { a: 'true' })], exceptions });
    assert.deepEqual(
      verdict.idleExceptions.map(({ name, why }) => [name, why]),
      [
        ['a-unused', 'unused'],
        ['b-expired', 'expired'],
        ['f-passes', 'unused'],
      ],
    );
    assert.deepEqual(
      verdict.inputs.exceptions.map(({ name }) => name),
      ['a-unused', 'b-expired', 'f-passes'],
    );
  });

  it('what they take is among the excepted findings, for their rules', () => {
    const seen = 'exceptedFindings.exists(f, f.id == "CVE-2026-1")';
    const exceptions = [exceptionOf('x', HERE, { rules: ['p/a'], findings: ['CVE-2026-1'] })];
    const verdict = verdictOf({ policies: [policyOf('p', { a: seen, b: seen })], exceptions });
    assert.deepEqual(
      verdict.rules.map(({ outcome }) => outcome),
      ['passed', 'failed'],
    );
  });

  it('variables of a policy are those of the view of each rule', () => {
    const variables = [
      { name: 'found', expression: 'findings' },
      { name: 'count', expression: 'variables.found.size()' },
    ];
    const exceptions = [exceptionOf('x', HERE, { rules: ['p/b'], findings: ['CVE-2026-1'] })];
    const rules = { a: 'variables.count == 0', b: 'variables.count == 0', c: 'variables.count == 0' };
    const verdict = verdictOf({ policies: [policyOf('p', rules, { variables })], exceptions });
    assert.deepEqual(
      verdict.rules.map(({ outcome }) => outcome),
      ['failed', 'passed', 'failed'],
    );
  });

  it('licences and support of a package go with it, and those of others stay', () => {
    const other = { ...samplePackage, name: 'other', purl: 'pkg:npm/other@1.0.0', licenses: ['MIT', 'GPL-3.0-only'] };
    const packages = [{ ...samplePackage, licenses: ['MIT', 'AGPL-3.0-only'] }, other];
    const lifecycle = [samplePackage.purl, other.purl, ''].map((purl) => ({
      ...(sampleFacts.lifecycle[0] as LifecycleFact),
      package: purl,
    }));
    const licenses = classifyLicenses(packages);
    const rules = {
      licenses: '"AGPL-3.0-only" in licenses.map(l, l.id)',
      left: 'licenses.map(l, l.id + string(l.packages)).join(" ") == "GPL-3.0-only1 MIT1"',
      lifecycle: 'lifecycle.map(l, l.package) == ["pkg:npm/other@1.0.0", ""]',
    };
    const exceptions = [exceptionOf('x', { packages: ['pkg:npm/%40acme/app'] }, { rules: ['p'] })];
    const facts = { packages, licenses, lifecycle, findings: [] };
    const outcomes = (given: readonly Json[]): readonly string[] =>
      verdictOf({ policies: [policyOf('p', rules)], exceptions: given, facts }).rules.map(
        ({ rule, outcome }) => `${rule} ${outcome}`,
      );
    assert.deepEqual(outcomes([]), ['p/left failed', 'p/licenses passed', 'p/lifecycle failed']);
    assert.deepEqual(outcomes(exceptions), ['p/left passed', 'p/licenses failed', 'p/lifecycle passed']);
  });

  it('packages are told apart by their whole name among many', () => {
    const others = ['pkg:npm/%40acme/app2@1.2.3', 'pkg:npm/%40acme2/app@1.2.3', 'pkg:npm/app@1.2.3'];
    const packages = [samplePackage, ...others.map((purl) => ({ ...samplePackage, purl }))];
    const findings = packages.map(({ purl }, index) => ({
      ...sampleFinding,
      id: `CVE-2026-10${index}`,
      package: { ...sampleFinding.package, purl },
    }));
    const exceptions = [exceptionOf('x', { packages: ['pkg:npm/%40acme/app'] }, { rules: ['p'] })];
    const rules = { findings: 'findings.size() == 3', packages: 'packages.size() == 3' };
    assert.equal(
      verdictOf({ policies: [policyOf('p', rules)], exceptions, facts: { packages, findings } }).decision,
      'admit',
    );
  });
});

function verdictOf(parts: RequestParts): Verdict {
  return evaluate(requestOf({ ...parts, facts: { advisories: [], ...parts.facts } }));
}

function ruleOf(verdict: Verdict, name: string): RuleResult | undefined {
  return verdict.rules.find(({ rule }) => rule === name);
}
