import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import type { FindingFact } from '#model/facts.ts';
import type { Score } from '#model/verdict.ts';
import { evidence } from '#test/evidence.ts';
import { sampleEnvironment, sampleFacts, sampleFinding } from '#test/fixtures/facts.ts';
import { exceptionOf, type Json, policyOf, requestOf } from '#test/fixtures/policy-request.ts';
import { evaluate } from './evaluate.ts';
import { scoreOf } from './score.ts';

evidence('policy/verdict', 'self-made', 'the examples of the page of the score, and laws');

const SIGNATURE = {
  subject: digestOf('image'),
  format: 'cosign',
  signer: 'release',
  operator: 'release',
  identity: { kind: 'key', name: 'k', issuer: null },
  time: null,
} as const;
const STATED = { superseded: false, builder: '', buildType: '', source: '', level: 0, result: '', mismatches: null };
const facts = {
  ...sampleFacts,
  evidence: {
    ...sampleFacts.evidence,
    signatures: [SIGNATURE],
    statements: ['https://slsa.dev/provenance/v1', 'https://spdx.dev/Document'].map((predicateType) => ({
      ...SIGNATURE,
      ...STATED,
      predicateType,
      blob: SIGNATURE.subject,
    })),
  },
};
const environment = { ...sampleEnvironment, maximumAgeMs: null };
const critical: FindingFact = { ...sampleFinding, severity: 'critical', risk: 25 };

describe('the score', () => {
  const cases: readonly (readonly [string, readonly FindingFact[], number])[] = [
    ['nothing', [], 100],
    ['one critical', [critical], 90.7],
    ['two of them', [critical, { ...critical, id: 'CVE-2' }], 86],
    ['one high of risk 50', [{ ...sampleFinding, risk: 50 }], 96.3],
    [
      'twenty medium',
      Array.from({ length: 20 }, (_, index) => ({
        ...sampleFinding,
        id: `CVE-${index}`,
        severity: 'medium',
        risk: null,
      })),
      99.1,
    ],
    [
      'one that does not count',
      [
        {
          ...critical,
          excepted: { status: 'not_affected', justification: null, author: 'A', document: 'd', expires: null },
        },
      ],
      100,
    ],
    ['malware', [{ ...sampleFinding, malicious: true }], 0],
  ];
  for (const [name, findings, value] of cases) {
    it(`of ${name} is ${value}`, () => {
      const score = of(findings);
      assert.equal(score.value, value);
      assert.equal(Math.round(score.parts.reduce((sum, { points }) => sum + points, score.value) * 10), 1000);
    });
  }

  it('of an unknown is 97.3, and of an old image that runs as root without evidence 85', () => {
    assert.equal(of([], 1).value, 97.3);
    const bare = { ...facts, findings: [], evidence: sampleFacts.evidence, image: { ...facts.image, user: '00:0' } };
    const old = scoreOf(bare, { ...environment, maximumAgeMs: 1 }, [], NONE, Date.parse('2027-01-01T00:00:00Z'));
    assert.deepEqual(
      old.parts.map(({ name }) => name),
      ['root', 'age', 'signature', 'provenance', 'sbom'],
    );
    assert.equal(old.value, 85);
  });

  it('of an environment depends on its line', () => {
    const strict = scoreOf(
      { ...facts, findings: [critical, sampleFinding] },
      { ...environment, severity: 'medium' },
      [],
      NONE,
      0,
    );
    const lax = scoreOf(
      { ...facts, findings: [critical, sampleFinding] },
      { ...environment, severity: 'critical' },
      [],
      NONE,
      0,
    );
    assert.ok(strict.value < lax.value);
  });

  it('does not count what an exception takes from all rules, and counts what it takes from some', () => {
    const scoreWith = (target: Json): number => {
      const exceptions = [exceptionOf('x', { digests: [sampleFacts.image.digest] }, target)];
      return evaluate(requestOf({ policies: [policyOf('p', { a: 'true' })], exceptions })).score.value;
    };
    const findings = ['CVE-2026-1'];
    assert.ok(scoreWith({ findings }) > scoreWith({ findings, rules: ['p/a'] }));
  });

  it('never falls when a finding is taken away, in any order', () => {
    const finding = fc.record({
      severity: fc.constantFrom('critical', 'high', 'medium', 'low', 'none', 'unknown'),
      risk: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
      knownExploited: fc.boolean(),
      kind: fc.constantFrom('vulnerability', 'end-of-life', 'sbom-mismatch'),
    });
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 40 }), fc.nat(39), (given, taken) => {
        const findings = given.map(
          (one, index): FindingFact => ({ ...sampleFinding, ...(one as Partial<FindingFact>), id: `CVE-${index}` }),
        );
        const whole = of(findings);
        assert.deepEqual(of(findings.toReversed()), whole);
        assert.ok(of(findings.toSpliced(taken, 1)).value >= whole.value);
        assert.ok(whole.value >= 0 && whole.value <= 100);
      }),
      { numRuns: 300 },
    );
  });
});

const NONE = { tolerated: 0, refused: 0, reasons: [], turnsAt: [] };

function of(findings: readonly FindingFact[], refused = 0): Score {
  return scoreOf({ ...facts, findings }, environment, [], { ...NONE, refused }, 0);
}
