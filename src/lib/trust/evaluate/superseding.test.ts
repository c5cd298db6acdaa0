import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Attachment, AttachmentProblem } from '#model/attachment.ts';
import type { Evidence, Verification } from '#model/evidence.ts';
import { GATE_VERDICT_TYPE } from '#model/gate-verdict.ts';
import { VERDICT_TYPE } from '#model/verdict.ts';
import { cosignAttestation, type TestKey, testKey, testSubject } from '#test/fixtures/signing.ts';
import { loadTrustConfiguration } from '../configuration/index.ts';
import { type Evaluation, evaluate } from './evaluate.ts';

const NOW = Date.parse('2026-08-21T12:00:00Z');
const DAY = 86_400_000;
const SUMMARY = 'https://slsa.dev/verification_summary/v1';
const SBOM = 'https://cyclonedx.org/bom';
const VEX = 'https://openvex.dev/ns/v0.2.0';

const keys = { release: testKey(), security: testKey(), stranger: testKey() };
const manifest = testSubject('amd64', { platform: { os: 'linux', architecture: 'amd64' } });
const other = testSubject('arm64', { platform: { os: 'linux', architecture: 'arm64' } });

const iso = (daysAgo: number): string => new Date(NOW - daysAgo * DAY).toISOString();

function stated(predicateType: string, predicate: object, key: TestKey = keys.release, subject = manifest): Attachment {
  return cosignAttestation(subject, key, { predicateType, predicate });
}

/** `null` days: it does not say when. */
function summary(result: 'PASSED' | 'FAILED', daysAgo: number | null, key = keys.release, verifier = 'us'): Attachment {
  return stated(
    SUMMARY,
    {
      verifier: { id: verifier },
      ...(daysAgo === null ? {} : { timeVerified: iso(daysAgo) }),
      resourceUri: 'oci://registry.example/team/app',
      policy: { uri: 'https://example.com/policy' },
      verificationResult: result,
      verifiedLevels: [result === 'PASSED' ? 'SLSA_BUILD_LEVEL_2' : 'FAILED'],
    },
    key,
  );
}

function verdict(decision: string, daysAgo: number, more: object = {}, key = keys.release): Attachment {
  return stated(
    GATE_VERDICT_TYPE,
    {
      schemaVersion: '1.0',
      image: { repository: null, digest: manifest.digest, platform: null },
      decidedAt: iso(daysAgo),
      decision,
      reasons: ['because'],
      counts: { findings: {}, excepted: 0, unknowns: 0 },
      exceptions: [],
      allowUnknown: null,
      policy: { digest: 'sha256:1' },
      validUntil: null,
      ...more,
    },
    key,
  );
}

/** By the policies of an environment. */
function policyVerdict(decision: string, daysAgo: number, environment = 'production', more: object = {}): Attachment {
  return stated(VERDICT_TYPE, {
    schemaVersion: '2.0',
    image: { digest: manifest.digest, platform: null },
    context: { time: iso(daysAgo), stage: 'deploy', environment },
    decision,
    because: decision === 'refuse' ? 'rules' : null,
    reasons: ['because'],
    exceptions: [],
    score: { value: 100 },
    validUntil: null,
    inputs: { revision: 'sha256:1', facts: 'sha256:2', policies: [] },
    ...more,
  });
}

const bom = (daysAgo: number | null, key = keys.release, subject = manifest): Attachment =>
  stated(
    SBOM,
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: daysAgo === null ? {} : { timestamp: iso(daysAgo) },
    },
    key,
    subject,
  );

const vex = (daysAgo: number, id: string): Attachment =>
  stated(VEX, {
    '@context': VEX,
    '@id': id,
    author: 'us',
    timestamp: iso(daysAgo),
    version: 1,
    statements: [{ vulnerability: { name: 'CVE-2026-1' }, status: 'fixed', products: [{ '@id': 'pkg:oci/app' }] }],
  });

const SUMMARY_ASKED = {
  verifiers: [{ id: 'us' }],
  levels: ['SLSA_BUILD_LEVEL_2'],
  resourceUri: 'oci://registry.example/team/app',
};

async function judge(
  attachments: readonly Attachment[],
  attestation: object = { predicateType: SBOM },
  problems: readonly AttachmentProblem[] = [],
): Promise<Evaluation & { readonly verification: Verification }> {
  const signers = ['release', 'security'] as const;
  const document = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Trust',
    metadata: { name: 'test' },
    signers: Object.fromEntries(signers.map((name) => [name, { key: { pem: keys[name].pem, transparency: 'none' } }])),
    rules: [
      {
        name: 'rule',
        repositories: ['**'],
        platforms: 'either',
        require: [{ attestation: { signers, ...attestation } }],
      },
    ],
  };
  const configuration = await loadTrustConfiguration(JSON.stringify(document), '/trust.yaml', (path) =>
    Promise.reject(new Error(`no file is needed: ${path}`)),
  );
  const subjects = [manifest, other].filter(({ digest }) => attachments.some(({ subject }) => subject === digest));
  const result = evaluate({
    configuration,
    repository: 'registry.example/team/app',
    tag: null,
    subjects,
    discoveries: subjects.map(({ digest }) => ({
      attachments: attachments.filter(({ subject }) => subject === digest),
      problems,
    })),
    now: NOW,
  });
  assert.ok(result.verification !== null);
  return { ...result, verification: result.verification };
}

/** For each attachment the place of the one that supersedes it. */
function order(attachments: readonly Attachment[], evidence: readonly Evidence[]): readonly (number | null)[] {
  return attachments.map(({ digest }) => {
    const item = evidence.find(({ attachment }) => attachment === digest);
    assert.ok(item !== undefined);
    const newer = item.supersededBy;
    return newer === null ? null : attachments.findIndex((one) => one.digest === newer.attachment);
  });
}

describe('what is superseded', () => {
  const cases: readonly (readonly [string, readonly Attachment[], readonly (number | null)[]])[] = [
    ['the newest of a signer supersedes the others', [bom(3), bom(1), bom(2)], [1, null, 1]],
    ['one that does not say when is neither older nor newer', [bom(3), bom(null)], [null, null]],
    ['two of the same time stand side by side', [bom(1), summary('PASSED', 1)], [null, null]],
    ['another trusted signer does not', [bom(3), bom(1, keys.security)], [null, null]],
    ['a stranger does not', [bom(3), bom(1, keys.stranger)], [null, null]],
    ['what a stranger says is not superseded either', [bom(3, keys.stranger), bom(1)], [null, null]],
    ['a statement about another manifest does not', [bom(3), bom(1, keys.release, other)], [null, null]],
    [
      'another verifier of the same signer does not',
      [summary('PASSED', 3), summary('PASSED', 1, keys.release, 'them')],
      [null, null],
    ],
    ['a document with another identifier does not', [vex(3, 'a:1'), vex(1, 'a:2')], [null, null]],
    ['a later version of a document does', [vex(3, 'a:1'), vex(1, 'a:1')], [1, null]],
    ['a verdict does', [verdict('pass', 3), verdict('refuse', 1)], [1, null]],
    ['a verdict by policy does', [policyVerdict('admit', 3), policyVerdict('refuse', 1)], [1, null]],
    [
      'a verdict for another environment does not',
      [policyVerdict('admit', 3), policyVerdict('refuse', 1, 'development')],
      [null, null],
    ],
  ];
  for (const [name, attachments, expected] of cases) {
    it(name, async () => {
      const { evidence } = await judge(attachments);
      assert.deepEqual(order(attachments, evidence), expected);
    });
  }

  it('says which it is and what its time rests on', async () => {
    const newest = bom(1);
    const { evidence } = await judge([bom(3), newest]);
    assert.deepEqual(evidence[0]?.supersededBy, {
      attachment: newest.digest,
      blob: newest.blobs[0]?.digest,
      time: iso(1),
      timeFrom: 'predicate-time',
    });
  });

  it('without a configuration nothing is', () => {
    const attachments = [bom(3), bom(1)];
    const { evidence } = evaluate({
      configuration: null,
      repository: null,
      tag: null,
      subjects: [manifest],
      discoveries: [{ attachments, problems: [] }],
      now: NOW,
    });
    assert.deepEqual(order(attachments, evidence), [null, null]);
  });
});

describe('the last word counts', () => {
  const asked = { predicateType: 'verification-summary', summary: SUMMARY_ASKED };
  const decided = { predicateType: 'verdict' };
  const sailing = { predicateType: 'policy-verdict', environments: ['production'] };
  const cases: readonly (readonly [string, string, object, readonly Attachment[], string | null])[] = [
    ['a summary that passed', 'accepted', asked, [summary('PASSED', 1)], null],
    ['one that failed before', 'accepted', asked, [summary('FAILED', 2), summary('PASSED', 1)], null],
    ['one that failed since', 'refused', asked, [summary('PASSED', 2), summary('FAILED', 1)], 'EVIDENCE_SUPERSEDED'],
    [
      'one that failed at the same time',
      'refused',
      asked,
      [summary('PASSED', 1), summary('FAILED', 1)],
      'EVIDENCE_SUPERSEDED',
    ],
    [
      'one that failed nobody knows when',
      'refused',
      asked,
      [summary('PASSED', 1), summary('FAILED', null)],
      'EVIDENCE_SUPERSEDED',
    ],
    [
      'one that passed nobody knows when',
      'refused',
      asked,
      [summary('PASSED', null), summary('FAILED', 9)],
      'EVIDENCE_SUPERSEDED',
    ],
    ['one that passed nobody knows when, alone', 'accepted', asked, [summary('PASSED', null)], null],
    [
      'what failed for a stranger',
      'accepted',
      asked,
      [summary('PASSED', 2), summary('FAILED', 1, keys.stranger)],
      null,
    ],
    [
      'what failed for another signer',
      'accepted',
      asked,
      [summary('PASSED', 2), summary('FAILED', 1, keys.security)],
      null,
    ],
    [
      'what failed for another verifier',
      'accepted',
      asked,
      [summary('PASSED', 2), summary('FAILED', 1, keys.release, 'them')],
      null,
    ],
    [
      'a summary of which nothing is asked, and which failed',
      'refused',
      { predicateType: SUMMARY },
      [summary('FAILED', 1)],
      'SUMMARY_MISMATCH',
    ],
    ['a verdict that lets pass', 'accepted', decided, [verdict('pass', 1)], null],
    ['a verdict with reservations', 'accepted', decided, [verdict('warn', 1)], null],
    ['a refusal', 'refused', decided, [verdict('refuse', 1)], 'VERDICT_REFUSED'],
    ['what could not be decided', 'refused', decided, [verdict('error', 1)], 'VERDICT_REFUSED'],
    ['a refusal since', 'refused', decided, [verdict('pass', 2), verdict('refuse', 1)], 'EVIDENCE_SUPERSEDED'],
    [
      'a verdict that time has overtaken',
      'refused',
      decided,
      [verdict('pass', 2, { validUntil: iso(0) })],
      'VERDICT_EXPIRED',
    ],
    ['a verdict that admits', 'accepted', sailing, [policyVerdict('admit', 1)], null],
    ['a verdict that admits with a warning', 'accepted', sailing, [policyVerdict('warn', 1)], null],
    ['a refusal by policy', 'refused', sailing, [policyVerdict('refuse', 1)], 'VERDICT_REFUSED'],
    [
      'a refusal by policy since',
      'refused',
      sailing,
      [policyVerdict('admit', 2), policyVerdict('refuse', 1)],
      'EVIDENCE_SUPERSEDED',
    ],
    [
      'a refusal for another environment since',
      'accepted',
      sailing,
      [policyVerdict('admit', 2), policyVerdict('refuse', 1, 'internal-only')],
      null,
    ],
    [
      'a verdict for another environment',
      'refused',
      sailing,
      [policyVerdict('admit', 1, 'development')],
      'PREDICATE_MISMATCH',
    ],
    [
      'a verdict by policy that time has overtaken',
      'refused',
      sailing,
      [policyVerdict('admit', 2, 'production', { validUntil: iso(0) })],
      'VERDICT_EXPIRED',
    ],
  ];
  for (const [name, outcome, attestation, attachments, code] of cases) {
    it(`${outcome}: ${name}`, async () => {
      const { verification } = await judge(attachments, attestation);
      assert.equal(verification.outcome, outcome, JSON.stringify(verification, null, 1));
      const codes = verification.rules.flatMap(({ requirements }) => requirements.flatMap(({ rejected }) => rejected));
      assert.ok(code === null || codes.some((one) => one.code === code), JSON.stringify(codes));
    });
  }

  it('where more hangs than is read, a refusal may be behind it; what decides nothing counts all the same', async () => {
    const problem = { subject: manifest.digest, route: 'referrers', digest: null, reason: 'too much' } as const;
    for (const code of ['REFERRERS_TOO_MANY', 'EVIDENCE_TOO_MUCH', 'ATTACHMENT_TOO_LARGE']) {
      const { verification } = await judge([verdict('pass', 1)], decided, [{ ...problem, code }]);
      assert.notEqual(verification.outcome, 'accepted');
      assert.equal((await judge([bom(1)], undefined, [{ ...problem, code }])).verification.outcome, 'accepted');
    }
    const gone = { ...problem, code: 'BLOB_MISSING' };
    assert.equal((await judge([verdict('pass', 1)], decided, [gone])).verification.outcome, 'accepted');
  });

  it('an acceptance ends when the verdict does', async () => {
    const { verification } = await judge([verdict('pass', 1, { validUntil: iso(-3) })], decided);
    assert.equal(verification.validUntil, iso(-3));
  });
});
