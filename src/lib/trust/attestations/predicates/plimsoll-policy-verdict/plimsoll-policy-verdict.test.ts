import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { VERDICT_TYPE, type Verdict } from '#model/verdict.ts';
import { predicateReaderContract } from '../contract.ts';
import type { PolicyVerdictPredicate } from '../predicate.ts';
import { plimsollPolicyVerdict } from './index.ts';

const EXAMPLE: Verdict = {
  schemaVersion: '2.0',
  engine: { name: 'plimsoll', version: 1 },
  image: {
    reference: 'registry.example/app:1',
    repository: 'registry.example/app',
    digest: digestOf('ab'),
    platform: 'linux/amd64',
  },
  context: {
    time: '2026-08-21T12:00:00.000Z',
    stage: 'deploy',
    environment: 'production',
    project: null,
    actor: null,
    cluster: null,
    namespace: null,
    exposure: 'internet',
  },
  decision: 'warn',
  because: null,
  reasons: ['1 rule warns'],
  rules: [],
  unknowns: { tolerated: 0, refused: 0, reasons: [], allowed: null },
  exceptions: [
    {
      name: 'zlib',
      digest: digestOf('01'),
      expires: '2026-09-01T00:00:00.000Z',
      approver: 'ada',
      ticket: 'SEC-1',
      rules: ['cves/fixable'],
      findings: ['CVE-2026-1'],
    },
  ],
  idleExceptions: [],
  score: { value: 88.5, parts: [] },
  validUntil: '2026-09-01T00:00:00.000Z',
  inputs: {
    facts: digestOf('02'),
    revision: digestOf('03'),
    environment: digestOf('04'),
    policies: [{ name: 'cves', digest: digestOf('05') }],
    exceptions: [{ name: 'zlib', digest: digestOf('01') }],
    sources: [],
    context: digestOf('06'),
    request: digestOf('07'),
  },
};

predicateReaderContract(plimsollPolicyVerdict, {
  predicateType: VERDICT_TYPE,
  example: { ...EXAMPLE },
  required: [
    'schemaVersion',
    'image',
    'context',
    'context.environment',
    'context.stage',
    'context.time',
    'decision',
    'reasons',
    'exceptions',
    'exceptions.0.name',
    'exceptions.0.digest',
    'exceptions.0.approver',
    'exceptions.0.expires',
    'score',
    'inputs',
    'inputs.revision',
    'inputs.facts',
    'inputs.policies',
    'inputs.policies.0.digest',
  ],
});

function read(more: object): PolicyVerdictPredicate {
  const verdict = plimsollPolicyVerdict.read({ ...EXAMPLE, ...more }, VERDICT_TYPE, 'x');
  assert.ok(verdict.kind === 'policy-verdict');
  return verdict;
}

test('what a trust configuration asks for, and what is shown', () => {
  assert.deepEqual(read({}), {
    kind: 'policy-verdict',
    decision: 'warn',
    because: null,
    reasons: ['1 rule warns'],
    image: { digest: digestOf('ab'), platform: 'linux/amd64' },
    environment: 'production',
    stage: 'deploy',
    decidedAt: Date.UTC(2026, 7, 21, 12),
    validUntil: Date.UTC(2026, 8, 1),
    score: 88.5,
    exceptions: [{ name: 'zlib', digest: digestOf('01'), approver: 'ada', expires: Date.UTC(2026, 8, 1) }],
    revision: digestOf('03'),
    policies: [{ name: 'cves', digest: digestOf('05') }],
    facts: digestOf('02'),
  });
  assert.equal(read({ validUntil: null }).validUntil, null);
  assert.equal(read({ decision: 'refuse', because: 'unmatched' }).because, 'unmatched');
});

test('what would be misread, or would let an image pass, is refused', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ schemaVersion: '1.0' }, /a later one of version 2, found "1.0"/],
    [{ schemaVersion: '2.0x' }, /version 2/],
    [{ decision: 'pass' }, /admit, warn, refuse, found "pass"/],
    [{ decision: 'admit', because: 'rules' }, /null of nothing else, found rules of admit/],
    [{ decision: 'refuse' }, /a cause of a refusal, .*found null of refuse/],
    [{ because: 'mood' }, /rules, error, unknowns, unmatched, found "mood"/],
    [{ validUntil: undefined }, /"predicate.validUntil" to be a text, found nothing/],
    [{ validUntil: 'never' }, /RFC 3339/],
    [{ context: { ...EXAMPLE.context, stage: 'sail' } }, /found "sail"/],
    [{ score: { value: 101 } }, /a number from 0 to 100, found 101/],
    [{ score: { value: '100' } }, /a number from 0 to 100/],
  ];
  for (const [more, message] of cases) {
    assert.throws(() => read(more), { code: 'PREDICATE_INVALID', message });
  }
});
