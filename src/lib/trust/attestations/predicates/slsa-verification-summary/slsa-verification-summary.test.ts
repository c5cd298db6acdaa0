import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predicateReaderContract } from '../contract.ts';
import type { SummaryPredicate } from '../predicate.ts';
import { slsaVerificationSummary } from './index.ts';

const TYPE = 'https://slsa.dev/verification_summary/v1';
const EXAMPLE = {
  verifier: { id: 'https://example.com/verifier', version: { a: '1' } },
  timeVerified: '2026-01-01T00:00:00Z',
  resourceUri: 'oci://registry.example/app',
  policy: { uri: 'https://example.com/policy', digest: { sha256: 'ab'.repeat(32) } },
  inputAttestations: [{ uri: 'https://example.com/a', digest: { sha256: 'cd'.repeat(32) } }],
  verificationResult: 'PASSED',
  verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
  dependencyLevels: { SLSA_BUILD_LEVEL_3: 5, SLSA_BUILD_LEVEL_1: '7' },
  slsaVersion: '1.0',
};

predicateReaderContract(slsaVerificationSummary, {
  predicateType: TYPE,
  example: EXAMPLE,
  required: ['verifier', 'verifier.id', 'resourceUri', 'policy', 'verificationResult', 'verifiedLevels'],
});

function read(more: object): SummaryPredicate {
  const summary = slsaVerificationSummary.read({ ...EXAMPLE, ...more }, TYPE, 'x');
  assert.ok(summary.kind === 'verification-summary');
  return summary;
}

test('a summary that failed is read as one that failed', () => {
  assert.equal(read({}).result, 'PASSED');
  const failed = read({ verificationResult: 'FAILED', verifiedLevels: ['FAILED'] });
  assert.equal(failed.result, 'FAILED');
  assert.deepEqual(failed.verifiedLevels, ['FAILED']);
  assert.equal(read({ verificationResult: 'FAILED' }).result, 'FAILED');
});

test('a result that is neither, or that the levels contradict, is refused', () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ verificationResult: 'passed' }, /PASSED, FAILED, found "passed"/],
    [{ verificationResult: 'PASSED ' }, /PASSED, FAILED/],
    [{ verificationResult: true }, /"predicate.verificationResult" to be a text, found true/],
    [{ verifiedLevels: ['FAILED'] }, /found FAILED/],
    [{ verifiedLevels: ['SLSA_BUILD_LEVEL_3', 'FAILED'] }, /found FAILED/],
    [{ verifiedLevels: [] }, /found none/],
    [{ verifiedLevels: [''] }, /verifiedLevels\[0\]/],
    [{ verifiedLevels: 'SLSA_BUILD_LEVEL_3' }, /a list/],
    [{ policy: {} }, /a policy with a uri or a digest/],
    [{ dependencyLevels: { SLSA_BUILD_LEVEL_1: -1 } }, /a count, found -1/],
    [{ dependencyLevels: { SLSA_BUILD_LEVEL_1: 1.5 } }, /a count/],
    [{ dependencyLevels: { SLSA_BUILD_LEVEL_1: '1e3' } }, /a count/],
    [{ timeVerified: '12 April 1985' }, /RFC 3339/],
  ];
  for (const [more, message] of cases) {
    assert.throws(() => read(more), { code: 'PREDICATE_INVALID', message });
  }
});

test('nothing said of dependencies is not the same as no dependencies', () => {
  assert.equal(read({ dependencyLevels: null }).dependencyLevels, null);
  assert.deepEqual(read({ dependencyLevels: {} }).dependencyLevels, new Map());
  assert.equal(read({ timeVerified: undefined }).timeVerified, null);
});
