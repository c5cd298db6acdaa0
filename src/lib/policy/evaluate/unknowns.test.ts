import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdvisoriesFact, UnknownFact } from '#model/facts.ts';
import type { Verdict } from '#model/verdict.ts';
import { evidence } from '#test/evidence.ts';
import { sampleFacts } from '#test/fixtures/facts.ts';
import { policyOf, type RequestParts, requestOf } from '#test/fixtures/policy-request.ts';
import { evaluate } from './evaluate.ts';

evidence(
  'policy/verdict',
  'self-made',
  'unknowns of every kind, advisories at and around the instant at which they are too old',
);

const policies = [policyOf('p', { a: 'image.user == "1000"' })];
const broken: UnknownFact = {
  kind: 'unreadable',
  path: '/opt/app/a.jar',
  analyser: 'java',
  reason: 'expected a zip',
  hidesFindings: true,
};

describe('what is not known', () => {
  it('refuses, and only because of that', () => {
    const verdict = verdictOf({ unknowns: [broken] });
    assert.deepEqual([verdict.decision, verdict.because], ['refuse', 'unknowns']);
    assert.deepEqual(verdict.unknowns, {
      tolerated: 0,
      refused: 1,
      reasons: ['/opt/app/a.jar: expected a zip'],
      allowed: null,
    });
    assert.deepEqual(verdict.reasons, ['1 unknown that could hide a finding: /opt/app/a.jar: expected a zip']);
  });

  it('is not the cause where a rule refuses as well', () => {
    const parts = { policies: [policyOf('p', { a: 'false' })] };
    const verdict = verdictOf({ unknowns: [broken] }, parts);
    assert.equal(verdict.because, 'rules');
    assert.equal(verdict.unknowns.refused, 1);
  });

  it('that hides no finding does not', () => {
    const verdict = verdictOf({ unknowns: [{ ...broken, kind: 'stale-signals', hidesFindings: false }] });
    assert.deepEqual([verdict.decision, verdict.unknowns.tolerated], ['admit', 0]);
  });

  it('warns where the asker lets it pass, who is named', () => {
    const verdict = verdictOf({ unknowns: [broken] }, { allowUnknown: 'no mirror today' });
    assert.deepEqual([verdict.decision, verdict.because, verdict.unknowns.allowed], ['warn', null, 'no mirror today']);
    assert.equal(verdictOf({}, { allowUnknown: 'no mirror today' }).unknowns.allowed, null);
  });

  it('is tolerated by kind and path alone', () => {
    const tolerated = (...entries: readonly object[]): Verdict['unknowns']['tolerated'] =>
      verdictOf({ unknowns: [broken] }, { environment: { tolerated: entries } }).unknowns.tolerated;
    const reason = 'known';
    assert.equal(tolerated({ kind: 'unreadable', reason }), 1);
    assert.equal(tolerated({ kind: 'version', reason }), 0);
    assert.equal(tolerated({ kind: 'unreadable', paths: ['/opt/**/*.jar'], reason }), 1);
    assert.equal(tolerated({ kind: 'unreadable', paths: ['/srv/**'], reason }), 0);
    assert.equal(tolerated({ kind: 'version', reason }, { kind: 'unreadable', paths: ['/srv/**'], reason }), 0);
    const nowhere = { unknowns: [{ ...broken, path: '' }] };
    const environment = { tolerated: [{ kind: 'unreadable', paths: ['/**'], reason }] };
    assert.equal(verdictOf(nowhere, { environment }).because, 'unknowns');
  });
});

describe('advisories', () => {
  const feed: AdvisoriesFact = {
    ...(sampleFacts.advisories[0] as AdvisoriesFact),
    checked: '2026-03-01T00:00:00.000Z',
    staleFrom: '2026-03-31T00:00:00.000Z',
  };
  const at = (time: string, environment = {}, advisories: readonly AdvisoriesFact[] = [feed]): Verdict =>
    verdictOf({ advisories }, { context: { time }, environment });

  it('that are too old are not known, from the instant that is told before', () => {
    const before = at('2026-03-30T23:59:59.999Z');
    assert.deepEqual([before.decision, before.validUntil], ['admit', '2026-03-31T00:00:00.000Z']);
    const after = at('2026-03-31T00:00:00.000Z');
    assert.deepEqual([after.because, after.validUntil], ['unknowns', null]);
    assert.deepEqual(after.unknowns.reasons, ['what is known of advisories for npm is too old']);
  });

  it('were looked for longer ago than the environment allows', () => {
    const environment = { advisoryMaximumAge: '24h' };
    const before = at('2026-03-02T00:00:00.000Z', environment);
    assert.deepEqual([before.decision, before.validUntil], ['admit', '2026-03-02T00:00:00.001Z']);
    assert.equal(at('2026-03-02T00:00:00.001Z', environment).because, 'unknowns');
  });

  it('of signals hide nothing, and dates of support do not age', () => {
    const others = [
      { ...feed, ecosystem: 'KEV' },
      { ...feed, ecosystem: 'EPSS' },
      { ...feed, ecosystem: 'Lifecycle', staleFrom: null },
    ];
    const late = at('2027-01-01T00:00:00.000Z', { advisoryMaximumAge: '24h' }, others);
    assert.deepEqual([late.decision, late.validUntil], ['admit', null]);
    assert.equal(at('2027-01-01T00:00:00.000Z', {}, [{ ...feed, ecosystem: 'NVD' }]).because, 'unknowns');
  });

  it('that may be old have no end', () => {
    const environment = { tolerated: [{ kind: 'stale-advisories', reason: 'offline' }] };
    const late = at('2027-01-01T00:00:00.000Z', environment);
    assert.deepEqual([late.decision, late.unknowns.tolerated, late.validUntil], ['admit', 1, null]);
    assert.equal(at('2026-03-02T00:00:00.000Z', environment).validUntil, null);
  });

  it('that the scan has called old are counted once', () => {
    const unknowns = [{ ...broken, kind: 'stale-advisories' as const, path: '' }];
    const verdict = verdictOf({ unknowns, advisories: [feed] }, { context: { time: '2026-06-01T00:00:00.000Z' } });
    assert.equal(verdict.unknowns.refused, 1);
  });

  it('of a refusal may get as old as they like', () => {
    assert.equal(verdictOf({ advisories: [feed] }, { policies: [policyOf('p', { a: 'false' })] }).validUntil, null);
  });
});

function verdictOf(facts: RequestParts['facts'], parts: Partial<RequestParts> = {}): Verdict {
  return evaluate(requestOf({ policies, ...parts, facts: { advisories: [], ...facts } }));
}
