import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base/limits.ts';
import type { Attachment, AttachmentProblem, EvidenceSubject } from '#model/attachment.ts';
import type { Verification } from '#model/evidence.ts';
import { cosignAttestation, cosignSignature, type TestKey, testKey, testSubject } from '#test/fixtures/signing.ts';
import { loadTrustConfiguration } from '../configuration/index.ts';
import { type Evaluation, evaluate } from './evaluate.ts';

const NOW = Date.parse('2026-08-21T12:00:00Z');
const DAY = 86_400_000;

/** Three keys of two operators. */
const keys = { release: testKey(), reserve: testKey(), security: testKey(), stranger: testKey() };
const OPERATORS: Readonly<Record<string, string>> = { release: 'team', reserve: 'team', security: 'security' };

const manifest = testSubject('amd64', { platform: { os: 'linux', architecture: 'amd64' } });
const other = testSubject('arm64', { platform: { os: 'linux', architecture: 'arm64' } });
const index = testSubject('index', {
  kind: 'index',
  mediaType: 'application/vnd.oci.image.index.v1+json',
  children: [manifest.digest, other.digest],
});

interface Case {
  readonly require: readonly object[];
  readonly attachments: readonly Attachment[];
  readonly problems?: readonly AttachmentProblem[];
  readonly subjects?: readonly EvidenceSubject[];
  readonly platforms?: string;
  readonly repository?: string | null;
  readonly tag?: string | null;
}

async function judge(one: Case): Promise<Evaluation & { readonly verification: Verification }> {
  const { subjects = [manifest], repository = 'registry.example/team/app', tag = null } = one;
  const document = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Trust',
    metadata: { name: 'test' },
    signers: Object.fromEntries(
      Object.entries(OPERATORS).map(([name, operator]) => [
        name,
        { operator, key: { pem: keys[name as keyof typeof keys].pem, transparency: 'none' } },
      ]),
    ),
    rules: [
      {
        name: 'rule',
        repositories: ['registry.example/team/**'],
        platforms: one.platforms ?? 'either',
        require: one.require,
      },
    ],
  };
  const configuration = await loadTrustConfiguration(JSON.stringify(document), '/trust.yaml', (path) =>
    Promise.reject(new Error(`no file is needed: ${path}`)),
  );
  const discoveries = subjects.map((subject, at) => ({
    attachments: one.attachments.filter((attachment) => attachment.subject === subject.digest),
    problems: at === 0 ? (one.problems ?? []) : [],
  }));
  const result = evaluate({ configuration, repository, tag, subjects, discoveries, now: NOW });
  assert.ok(result.verification !== null);
  return { ...result, verification: result.verification };
}

function signedBy(signer: TestKey, subject = manifest): Attachment {
  return cosignSignature(subject, signer);
}

const signature = (signers: readonly string[], threshold = 1): object => ({ signature: { signers, threshold } });

describe('evaluate: who signed', () => {
  const cases: readonly (readonly [name: string, outcome: string, one: Case])[] = [
    ['a trusted signature', 'accepted', { require: [signature(['release'])], attachments: [signedBy(keys.release)] }],
    ['nothing at all', 'refused', { require: [signature(['release'])], attachments: [] }],
    ['a stranger', 'refused', { require: [signature(['release'])], attachments: [signedBy(keys.stranger)] }],
    [
      'a trusted signer whom this rule does not name',
      'refused',
      { require: [signature(['release'])], attachments: [signedBy(keys.security)] },
    ],
    [
      'two of two operators',
      'accepted',
      {
        require: [signature(['release', 'security'], 2)],
        attachments: [signedBy(keys.release), signedBy(keys.security)],
      },
    ],
    [
      'one signer twice',
      'refused',
      {
        require: [signature(['release', 'security'], 2)],
        attachments: [signedBy(keys.release), signedBy(keys.release)],
      },
    ],
    [
      'two keys of one operator',
      'refused',
      {
        require: [signature(['release', 'reserve', 'security'], 2)],
        attachments: [signedBy(keys.release), signedBy(keys.reserve)],
      },
    ],
    [
      'one requirement of two',
      'refused',
      { require: [signature(['release']), signature(['security'])], attachments: [signedBy(keys.release)] },
    ],
    [
      'a refusal, whatever is signed',
      'refused',
      { require: [{ refuse: 'under review' }], attachments: [signedBy(keys.release)] },
    ],
    [
      'another repository',
      'refused',
      {
        require: [signature(['release'])],
        attachments: [signedBy(keys.release)],
        repository: 'registry.example/teams/app',
      },
    ],
    [
      'no repository',
      'refused',
      { require: [signature(['release'])], attachments: [signedBy(keys.release)], repository: null },
    ],
  ];
  for (const [name, outcome, one] of cases) {
    it(`${outcome}: ${name}`, async () => {
      const { verification } = await judge(one);
      assert.equal(verification.outcome, outcome, JSON.stringify(verification, null, 1));
      assert.equal(verification.reasons.length === 0, outcome === 'accepted');
    });
  }

  it('says nothing without a configuration, and trusts nobody', () => {
    const discoveries = [{ attachments: [signedBy(keys.release)], problems: [] }];
    const result = evaluate({
      configuration: null,
      repository: null,
      tag: null,
      subjects: [manifest],
      discoveries,
      now: NOW,
    });
    assert.equal(result.verification, null);
    assert.deepEqual(
      result.evidence.map(({ trusted, signed }) => [trusted, signed]),
      [[false, true]],
    );
  });
});

describe('evaluate: what a signature on the index means', () => {
  const onIndex = [signedBy(keys.release, index)];
  const onManifest = [signedBy(keys.release)];
  const cases: readonly (readonly [platforms: string, where: string, outcome: string])[] = [
    ['index', 'index', 'accepted'],
    ['index', 'manifest', 'refused'],
    ['each', 'index', 'refused'],
    ['each', 'manifest', 'accepted'],
    ['both', 'index', 'refused'],
    ['both', 'manifest', 'refused'],
    ['both', 'both', 'accepted'],
    ['either', 'index', 'accepted'],
    ['either', 'manifest', 'accepted'],
  ];
  for (const [platforms, where, outcome] of cases) {
    it(`platforms: ${platforms}, signed: ${where}, is ${outcome}`, async () => {
      const attachments = { index: onIndex, manifest: onManifest, both: [...onIndex, ...onManifest] }[where] ?? [];
      const one = { require: [signature(['release'])], attachments, subjects: [index, manifest], platforms };
      assert.equal((await judge(one)).verification.outcome, outcome);
    });
  }

  it('an index speaks for what it lists alone', async () => {
    const foreign = testSubject('s390x');
    const one = {
      require: [signature(['release'])],
      attachments: onIndex,
      subjects: [index, foreign],
      platforms: 'either',
    };
    assert.equal((await judge(one)).verification.outcome, 'refused');
  });

  it('every platform that is judged needs its own', async () => {
    const one = {
      require: [signature(['release'])],
      attachments: onManifest,
      subjects: [index, manifest, other],
      platforms: 'each',
    };
    const { verification } = await judge(one);
    assert.equal(verification.outcome, 'refused');
    assert.deepEqual(
      verification.rules.map(({ platform, outcome }) => [platform, outcome]),
      [
        ['linux/amd64', 'accepted'],
        ['linux/arm64', 'refused'],
      ],
    );
  });
});

const SUMMARY = {
  verifier: { id: 'https://verifier.example' },
  timeVerified: '2026-08-20T12:00:00Z',
  resourceUri: 'registry.example/team/app',
  policy: { uri: 'https://policy.example', digest: { sha256: 'a'.repeat(64) } },
  verificationResult: 'PASSED',
  verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
};
const SUMMARY_TYPE = 'https://slsa.dev/verification_summary/v1';

describe('evaluate: statements', () => {
  const asked = (more: object = {}): object => ({
    attestation: { predicateType: SUMMARY_TYPE, signers: ['release', 'security'], ...more },
  });
  const summary = {
    verifiers: [{ id: 'https://verifier.example', signers: ['release'] }],
    levels: ['SLSA_BUILD_LEVEL_2'],
    resourceUri: 'registry.example/team/app',
  };
  const said = (change: object = {}, signer: TestKey = keys.release): readonly Attachment[] => [
    cosignAttestation(manifest, signer, { predicateType: SUMMARY_TYPE, predicate: { ...SUMMARY, ...change } }),
  ];
  const about = cosignAttestation(manifest, keys.release, {
    predicateType: SUMMARY_TYPE,
    predicate: SUMMARY,
    about: other,
  });
  const cases: readonly (readonly [name: string, outcome: string, code: string | null, one: Case])[] = [
    ['a statement of the type', 'accepted', null, { require: [asked()], attachments: said() }],
    ['none of the type', 'refused', null, { require: [asked()], attachments: [signedBy(keys.release)] }],
    ['about another image', 'refused', 'SUBJECT_MISMATCH', { require: [asked()], attachments: [about] }],
    [
      'a predicate without its members',
      'refused',
      'PREDICATE_INVALID',
      {
        require: [asked()],
        attachments: [cosignAttestation(manifest, keys.release, { predicateType: SUMMARY_TYPE, predicate: {} })],
      },
    ],
    [
      'a summary as expected, of a higher level',
      'accepted',
      null,
      { require: [asked({ summary })], attachments: said() },
    ],
    [
      'a summary that failed',
      'refused',
      'SUMMARY_MISMATCH',
      { require: [asked({ summary })], attachments: said({ verificationResult: 'FAILED' }) },
    ],
    [
      'a summary of a lower level',
      'refused',
      'SUMMARY_MISMATCH',
      { require: [asked({ summary })], attachments: said({ verifiedLevels: ['SLSA_BUILD_LEVEL_1'] }) },
    ],
    [
      'a summary of another track',
      'refused',
      'SUMMARY_MISMATCH',
      { require: [asked({ summary })], attachments: said({ verifiedLevels: ['SLSA_SOURCE_LEVEL_3'] }) },
    ],
    [
      'a summary of another resource',
      'refused',
      'SUMMARY_MISMATCH',
      { require: [asked({ summary })], attachments: said({ resourceUri: 'registry.example/team/app2' }) },
    ],
    [
      'a verifier that the signer may not speak for',
      'refused',
      'SUMMARY_MISMATCH',
      { require: [asked({ summary })], attachments: said({}, keys.security) },
    ],
    [
      'young enough by its own time',
      'accepted',
      null,
      { require: [asked({ maxAge: '2d', ageFrom: 'predicate-time' })], attachments: said() },
    ],
    [
      'too old by its own time',
      'refused',
      'EVIDENCE_STALE',
      { require: [asked({ maxAge: '12h', ageFrom: 'predicate-time' })], attachments: said() },
    ],
    [
      'of a time to come',
      'refused',
      'EVIDENCE_STALE',
      {
        require: [asked({ maxAge: '2d', ageFrom: 'predicate-time' })],
        attachments: said({ timeVerified: '2026-08-22T12:00:00Z' }),
      },
    ],
    ['of no verified time', 'refused', 'TIME_UNVERIFIED', { require: [asked({ maxAge: '2d' })], attachments: said() }],
  ];
  for (const [name, outcome, code, one] of cases) {
    it(`${outcome}: ${name}`, async () => {
      const { verification } = await judge(one);
      assert.equal(verification.outcome, outcome, JSON.stringify(verification, null, 1));
      const codes = verification.rules.flatMap((rule) =>
        rule.requirements.flatMap(({ rejected }) => rejected.map((item) => item.code)),
      );
      assert.ok(code === null || codes.includes(code), codes.join());
    });
  }

  it('an acceptance ends when its evidence gets too old', async () => {
    const { verification } = await judge({
      require: [asked({ maxAge: '2d', ageFrom: 'predicate-time' })],
      attachments: said(),
    });
    assert.equal(verification.validUntil, new Date(Date.parse(SUMMARY.timeVerified) + 2 * DAY).toISOString());
  });
});

describe('evaluate: what could not be read', () => {
  const problem = (code: string, digest: AttachmentProblem['digest']): AttachmentProblem => ({
    subject: manifest.digest,
    route: 'referrers',
    digest,
    code,
    reason: 'as the test says',
  });
  const require = [signature(['release'])];
  it('a registry that did not answer leaves the answer open', async () => {
    const { verification, problems } = await judge({
      require,
      attachments: [],
      problems: [problem('REGISTRY_UNAVAILABLE', null)],
    });
    assert.equal(verification.outcome, 'unknown');
    assert.equal(problems.length, 1);
  });
  it('an attachment that is bad does not', async () => {
    const one = { require, attachments: [], problems: [problem('BLOB_DIGEST_MISMATCH', manifest.digest)] };
    assert.equal((await judge(one)).verification.outcome, 'refused');
  });
  it('what was found counts beside what was not', async () => {
    const one = { require, attachments: [signedBy(keys.release)], problems: [problem('REGISTRY_UNAVAILABLE', null)] };
    assert.equal((await judge(one)).verification.outcome, 'accepted');
  });
  it('a bad signature does not hide a good one', async () => {
    const bad = cosignSignature(manifest, keys.release, (usual) => usual.replace('cosign', 'Cosign'));
    const { verification, evidence } = await judge({ require, attachments: [bad, signedBy(keys.release)] });
    assert.equal(verification.outcome, 'accepted');
    assert.deepEqual(
      evidence.map(({ trusted }) => trusted),
      [false, true],
    );
  });
  it('signatures past the limit are refused, and say so', async () => {
    const many = Array.from({ length: LIMITS.signatureChecks }, () => signedBy(keys.stranger));
    const { verification, evidence, problems } = await judge({
      require,
      attachments: [...many, signedBy(keys.release)],
    });
    assert.equal(verification.outcome, 'refused');
    assert.equal(evidence.length, LIMITS.evidenceContents);
    assert.ok(problems.some(({ code }) => code === 'EVIDENCE_TOO_MUCH'));
  });
});
