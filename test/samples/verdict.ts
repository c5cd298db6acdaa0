import { digestOf } from '#base/digest.ts';
import type { RuleResult, Verdict } from '#model/verdict.ts';

const digest = digestOf('verdict');

export function sampleRule(rule: string, changes: Partial<RuleResult> = {}): RuleResult {
  return {
    rule,
    title: 'A rule',
    outcome: 'passed',
    action: 'deny',
    effect: 'none',
    graceUntil: null,
    message: '',
    remediation: '',
    contextual: false,
    saw: [],
    cost: 1,
    exceptions: [],
    ...changes,
  };
}

/** A refusal with a rule of each outcome and effect, an exception that counts and one of each that does not. */
export const sampleVerdict: Verdict = {
  schemaVersion: '2.0',
  engine: { name: 'plimsoll', version: 1 },
  image: { reference: 'oci:build/voyage:1.0', repository: null, digest, platform: 'linux/amd64' },
  context: {
    time: '2026-03-01T12:00:00.000Z',
    stage: 'deploy',
    environment: 'production',
    project: null,
    actor: null,
    cluster: null,
    namespace: null,
    exposure: null,
  },
  decision: 'refuse',
  because: 'rules',
  reasons: ['a/deny: it is old'],
  rules: [
    sampleRule('a/deny', { outcome: 'failed', effect: 'deny', message: 'it is old', remediation: 'Build it anew.' }),
    sampleRule('a/error', { outcome: 'error', effect: 'deny', message: 'divide by zero' }),
    sampleRule('a/excepted', { outcome: 'excepted', message: 'it is root', exceptions: ['for-now'] }),
    sampleRule('a/grace', {
      outcome: 'failed',
      effect: 'warn',
      message: 'it is new here',
      graceUntil: '2026-03-08T12:00:00.000Z',
    }),
    sampleRule('a/noted', { outcome: 'failed', action: 'audit', effect: 'audit', message: 'it has a licence' }),
    sampleRule('a/passed'),
    sampleRule('a/skipped', { outcome: 'skipped' }),
  ],
  unknowns: { tolerated: 1, refused: 2, reasons: ['a file could not be read'], allowed: null },
  exceptions: [
    {
      name: 'for-now',
      digest,
      expires: '2026-04-01T00:00:00.000Z',
      approver: 'an approver',
      ticket: 'T-1',
      rules: ['a/excepted'],
      findings: ['CVE-2026-1'],
    },
  ],
  idleExceptions: (['unused', 'expired', 'too-long', 'not-yet'] as const).map((why) => ({
    name: `is-${why}`,
    digest,
    why,
    expires: '2026-02-01T00:00:00.000Z',
  })),
  score: { value: 61.5, parts: [{ name: 'root', points: 4, from: 'runs as root' }] },
  validUntil: '2026-03-08T12:00:00.000Z',
  inputs: {
    facts: digest,
    revision: digest,
    environment: digest,
    policies: [],
    exceptions: [],
    sources: [],
    context: digest,
    request: digest,
  },
};
