import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GATE_VERDICT_TYPE } from '#model/gate-verdict.ts';
import { predicateReaderContract } from '../contract.ts';
import type { VerdictPredicate } from '../predicate.ts';
import { plimsollVerdict } from './index.ts';

const EXAMPLE = {
  schemaVersion: '1.0',
  tool: { name: 'plimsoll', version: '0.1.0' },
  image: { repository: 'registry.example/app', digest: `sha256:${'ab'.repeat(32)}`, platform: 'linux/amd64' },
  decidedAt: '2026-08-21T12:00:00.000Z',
  decision: 'warn',
  reasons: ['no finding is rated high or worse', '1 finding is excepted'],
  counts: { findings: { critical: 1, high: 0, medium: 2, low: 0, none: 0, unknown: 0 }, excepted: 1, unknowns: 2 },
  exceptions: [
    {
      finding: 'CVE-2026-1',
      package: 'pkg:apk/alpine/musl@1.2.5-r0',
      status: 'not_affected',
      justification: 'vulnerable_code_not_present',
      explanation: null,
      author: 'security',
      document: 'https://vex.example/1',
      since: null,
      expires: '2026-09-01T00:00:00.000Z',
    },
  ],
  allowUnknown: 'an old mirror',
  policy: {
    digest: `sha256:${'cd'.repeat(32)}`,
    gate: { failOn: 'high', allowUnknown: 'an old mirror', exceptions: [] },
  },
  advisories: [],
  inputs: [],
  validUntil: '2026-09-01T00:00:00.000Z',
};

predicateReaderContract(plimsollVerdict, {
  predicateType: GATE_VERDICT_TYPE,
  example: EXAMPLE,
  required: [
    'schemaVersion',
    'image',
    'image.digest',
    'decidedAt',
    'decision',
    'reasons',
    'counts',
    'policy',
    'policy.digest',
    'exceptions',
    'exceptions.0.finding',
    'exceptions.0.status',
    'exceptions.0.author',
  ],
});

function read(more: object): VerdictPredicate {
  const verdict = plimsollVerdict.read({ ...EXAMPLE, ...more }, GATE_VERDICT_TYPE, 'x');
  assert.ok(verdict.kind === 'verdict');
  return verdict;
}

test('every member that a policy asks for', () => {
  assert.deepEqual(read({}), {
    kind: 'verdict',
    decision: 'warn',
    reasons: EXAMPLE.reasons,
    image: { digest: EXAMPLE.image.digest, platform: 'linux/amd64' },
    decidedAt: Date.UTC(2026, 7, 21, 12),
    validUntil: Date.UTC(2026, 8, 1),
    policyDigest: EXAMPLE.policy.digest,
    excepted: 1,
    unknowns: 2,
    exceptions: [
      {
        finding: 'CVE-2026-1',
        package: 'pkg:apk/alpine/musl@1.2.5-r0',
        status: 'not_affected',
        justification: 'vulnerable_code_not_present',
        author: 'security',
        expires: Date.UTC(2026, 8, 1),
      },
    ],
    allowUnknown: 'an old mirror',
  });
  assert.equal(read({ validUntil: null }).validUntil, null);
});

test('what would be misread, or would let an image pass, is refused', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ schemaVersion: '2.0' }, /a later one of version 1, found "2.0"/],
    [{ schemaVersion: '1.0x' }, /version 1/],
    [{ decision: 'PASS' }, /pass, warn, refuse, error, found "PASS"/],
    [{ validUntil: undefined }, /"predicate.validUntil" to be a text, found nothing/],
    [{ validUntil: 'never' }, /RFC 3339/],
    [{ counts: { ...EXAMPLE.counts, excepted: -1 } }, /a count, found -1/],
    [{ counts: { ...EXAMPLE.counts, unknowns: '2' } }, /a count/],
    [{ exceptions: [{ ...EXAMPLE.exceptions[0], status: 'affected' }] }, /not_affected, fixed/],
  ];
  for (const [more, message] of cases) {
    assert.throws(() => read(more), { code: 'PREDICATE_INVALID', message });
  }
});
