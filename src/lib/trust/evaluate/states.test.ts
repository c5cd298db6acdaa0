import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Attachment } from '#model/attachment.ts';
import type { Evidence, EvidenceStates } from '#model/evidence.ts';
import { cosignAttestation, testKey, testSubject } from '#test/fixtures/signing.ts';
import { loadTrustConfiguration } from '../configuration/index.ts';
import { evaluate } from './evaluate.ts';

const NOW = Date.parse('2026-08-21T12:00:00Z');
const BUILDER = 'https://builder.example';
const manifest = testSubject('amd64', { platform: { os: 'linux', architecture: 'amd64' } });
const [release, security, stranger] = [testKey(), testKey(), testKey()];

const PROVENANCE = {
  predicateType: 'provenance',
  signers: ['release', 'security'],
  provenance: { builders: [{ id: BUILDER, level: 3, signers: ['release'] }] },
};
const SUMMARY = {
  predicateType: 'slsa-verification-summary',
  signers: ['release'],
  summary: {
    verifiers: [{ id: 'https://verifier.example' }],
    levels: ['SLSA_BUILD_LEVEL_2'],
    resourceUri: 'pkg:oci/app',
  },
};

async function judged(attachments: readonly Attachment[], ...require: readonly object[]): Promise<readonly Evidence[]> {
  const document = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Trust',
    metadata: { name: 'test' },
    signers: {
      release: { operator: 'team', key: { pem: release.pem, transparency: 'none' } },
      security: { operator: 'security', key: { pem: security.pem, transparency: 'none' } },
    },
    rules: [
      {
        name: 'rule',
        repositories: ['registry.example/**'],
        platforms: 'either',
        require: require.map((attestation) => ({ attestation })),
      },
    ],
  };
  const configuration = await loadTrustConfiguration(JSON.stringify(document), '/trust.yaml', (path) =>
    Promise.reject(new Error(`no file is needed: ${path}`)),
  );
  const discoveries = [{ attachments, problems: [] }];
  const repository = 'registry.example/app';
  const input = { configuration, repository, tag: null, subjects: [manifest], discoveries, now: NOW };
  return evaluate(input).evidence;
}

const MATERIAL = 'pkg:docker/alpine@3.20?platform=linux%2Famd64';

function provenance(by = release, builder = BUILDER): Attachment {
  const predicate = {
    buildDefinition: {
      buildType: 'https://build.example/type',
      externalParameters: { source: { uri: 'git+https://git.example/app@refs/heads/main' } },
      resolvedDependencies: [
        { uri: MATERIAL, digest: { sha256: 'a'.repeat(64) } },
        { uri: 'git+https://git.example/app', digest: { sha1: 'b'.repeat(40) } },
      ],
    },
    runDetails: { builder: { id: builder } },
  };
  return cosignAttestation(manifest, by, { predicateType: 'https://slsa.dev/provenance/v1', predicate });
}

function summary(changes: object = {}): Attachment {
  const predicate = {
    verifier: { id: 'https://verifier.example' },
    timeVerified: '2026-08-01T00:00:00Z',
    resourceUri: 'pkg:oci/app',
    policy: { uri: 'https://policy.example' },
    verificationResult: 'PASSED',
    verifiedLevels: ['SLSA_BUILD_LEVEL_3', 'SLSA_SOURCE_LEVEL_4'],
    ...changes,
  };
  return cosignAttestation(manifest, release, { predicateType: 'https://slsa.dev/verification_summary/v1', predicate });
}

async function statesOf(attachment: Attachment, ...require: readonly object[]): Promise<EvidenceStates | undefined> {
  return (await judged([attachment], ...require))[0]?.states;
}

const level = (states: EvidenceStates | undefined): number => states?.levels[0]?.level ?? 0;

describe('what provenance states', () => {
  it('is builder, source and images, and the level that its signer may speak for', async () => {
    assert.deepEqual(await statesOf(provenance(), PROVENANCE), {
      builder: BUILDER,
      buildType: 'https://build.example/type',
      source: 'https://git.example/app@refs/heads/main',
      result: '',
      levels: [{ signer: 'release', level: 3 }],
      images: [{ name: MATERIAL, digest: `sha256:${'a'.repeat(64)}` }],
    });
  });

  it('has no level by a signer who may not speak for the builder, by a stranger, and for another builder', async () => {
    assert.equal(level(await statesOf(provenance(security), PROVENANCE)), 0);
    assert.equal(level(await statesOf(provenance(stranger), PROVENANCE)), 0);
    assert.equal(level(await statesOf(provenance(release, `${BUILDER}/other`), PROVENANCE)), 0);
  });

  it('has the most cautious level where several requirements speak of the builder', async () => {
    const cautious = { ...PROVENANCE, provenance: { builders: [{ id: BUILDER, level: 1 }] } };
    assert.equal(level(await statesOf(provenance(), PROVENANCE, cautious)), 1);
  });
});

describe('what a verification summary states', () => {
  it('is its result, and its level of the build track', async () => {
    const states = await statesOf(summary(), SUMMARY);
    assert.deepEqual([states?.result, level(states)], ['PASSED', 3]);
  });

  it('has no level where it failed, is about something else, or nobody lets the signer speak for the verifier', async () => {
    for (const changes of [
      { verificationResult: 'FAILED' },
      { resourceUri: 'pkg:oci/other' },
      { verifier: { id: 'https://verifier.example/other' } },
    ]) {
      assert.equal(level(await statesOf(summary(changes), SUMMARY)), 0, JSON.stringify(changes));
    }
    assert.equal(level(await statesOf(summary(), PROVENANCE, { ...SUMMARY, summary: undefined })), 0);
  });
});

it('a test result states its result, and nothing else states anything', async () => {
  const of = (predicateType: string, predicate: object): Attachment =>
    cosignAttestation(manifest, release, { predicateType, predicate });
  const test = of('https://in-toto.io/attestation/test-result/v0.1', {
    result: 'WARNED',
    configuration: [{ uri: 'https://ci.example' }],
  });
  assert.equal((await statesOf(test, PROVENANCE))?.result, 'WARNED');
  assert.equal(await statesOf(of('https://other.example/v1', {}), PROVENANCE), undefined);
});
