import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Decision, RefusalCause, UnknownsResult, UsedException, Verdict } from '#model/verdict.ts';
import { decisionOfVerdict, policyBasis } from './policy-verdict.ts';

const REVISION = digestOf('revision');
const NOTHING_UNKNOWN: UnknownsResult = { tolerated: 0, refused: 0, reasons: [], allowed: null };

interface Parts {
  readonly decision?: Decision;
  readonly because?: RefusalCause | null;
  readonly environment?: string;
  readonly unknowns?: Partial<UnknownsResult>;
  readonly exceptions?: readonly UsedException[];
}

function verdict({ decision = 'admit', because = null, environment = 'production', ...more }: Parts = {}): Verdict {
  return {
    schemaVersion: '2.0',
    engine: { name: 'plimsoll', version: 1 },
    image: { reference: 'app', repository: null, digest: null, platform: null },
    context: {
      time: '2026-08-21T12:00:00.000Z',
      stage: 'deploy',
      environment,
      project: null,
      actor: null,
      cluster: null,
      namespace: null,
      exposure: null,
    },
    decision,
    because,
    reasons: [],
    rules: [],
    unknowns: { ...NOTHING_UNKNOWN, ...more.unknowns },
    exceptions: more.exceptions ?? [],
    idleExceptions: [],
    score: { value: 100, parts: [] },
    validUntil: null,
    inputs: {
      facts: digestOf('facts'),
      revision: REVISION,
      environment: digestOf('environment'),
      policies: [],
      exceptions: [],
      sources: [],
      context: digestOf('context'),
      request: digestOf('request'),
    },
  };
}

const USED: UsedException = {
  name: 'one',
  digest: digestOf('one'),
  expires: '2026-09-01T00:00:00.000Z',
  approver: 'ada',
  ticket: 'SEC-1',
  rules: [],
  findings: [],
};

describe('verdicts by policy as statements', () => {
  it('only unknowns in the way are no refusal, an error or no policy is', () => {
    const refused = (because: RefusalCause) => decisionOfVerdict(verdict({ decision: 'refuse', because }));
    assert.deepEqual(
      [refused('unknowns'), refused('rules'), refused('error'), refused('unmatched')],
      ['error', 'refuse', 'refuse', 'refuse'],
    );
    assert.equal(decisionOfVerdict(verdict()), 'pass');
    assert.equal(decisionOfVerdict(verdict({ decision: 'warn' })), 'warn');
  });

  it('a summary is by a verifier of the environment, and names the revision', () => {
    assert.deepEqual(policyBasis([verdict()]), {
      verifier: 'https://plimsoll.dev/verifier/policy/v1/production',
      policy: { uri: 'https://plimsoll.dev/policy/revision/v1/production', digest: REVISION },
      levels: ['PLIMSOLL_POLICY_ADMITTED'],
      unconditional: true,
    });
    assert.match(policyBasis([verdict({ environment: 'a/b?c' })])?.verifier ?? '', /v1\/a%2Fb%3Fc$/);
    assert.equal(policyBasis([]), null);
  });

  it('is unconditional when no platform has a reservation', () => {
    const reserved: readonly Parts[] = [
      { decision: 'warn' },
      { decision: 'refuse', because: 'rules' },
      { exceptions: [USED] },
      { unknowns: { tolerated: 1 } },
      { unknowns: { allowed: 'an old mirror' } },
    ];
    for (const parts of reserved) {
      assert.equal(policyBasis([verdict(), verdict(parts)])?.unconditional, false, JSON.stringify(parts));
    }
    assert.equal(policyBasis([verdict(), verdict()])?.unconditional, true);
  });
});
