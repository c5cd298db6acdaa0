import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { digestOf, hexOf } from '#base/digest.ts';
import type { Artifact } from '#model/artifact.ts';
import type { SigningKey } from '#model/signing.ts';
import { evidence } from '#test/evidence.ts';
import { type KeyKind, SUBJECT, signingKey, strayKey } from '#test/fixtures/signing-key.ts';
import { parseStatement } from '../attestations/statement.ts';
import { readDsse } from '../envelopes/dsse.ts';
import { evidenceFormats } from '../formats/list.ts';
import { parsePublicKey } from '../keys/public-key.ts';
import { verifyKeyed } from '../keys/verify-keyed.ts';
import { asAttachment } from './artifact.ts';
import { attestBundle, signBundle } from './bundle.ts';
import { attestLegacy, signLegacy } from './legacy.ts';

evidence('trust/sign-sigstore', 'real tool', 'bundles judged by @sigstore/verify; test/compat has cosign judge them');

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const KINDS: readonly KeyKind[] = ['p256', 'p384', 'p521', 'rsa2048', 'rsa3072', 'ed25519'];
const PREDICATE = { type: 'https://example.org/test/v1', json: '{ "large": 12345678901234567890, "a": "é" }' };

type Sign = (key: SigningKey) => Promise<Artifact>;

const FORMS: Readonly<Record<string, Sign>> = {
  signBundle: async (key) => await signBundle(SUBJECT, key, { now: NOW }),
  attestBundle: async (key) => await attestBundle(SUBJECT, PREDICATE, key, { now: NOW, name: 'registry.example/app' }),
  signLegacy: async (key) => await signLegacy(SUBJECT, key, { now: NOW, repository: 'registry.example/app' }),
  attestLegacy: async (key) =>
    await attestLegacy(SUBJECT, PREDICATE, key, { now: NOW, repository: 'registry.example/app' }),
};

/** Reads an artifact as discovery would hand it on, and verifies its signature. */
function verify(artifact: Artifact, publicKey: Uint8Array): void {
  const attachment = asAttachment(artifact);
  const formats = evidenceFormats.filter((format) => format.recognises(attachment));
  assert.equal(formats.length, 1, 'one format recognises it');
  const { contents = [], failures = [] } = formats[0]?.read(attachment) ?? {};
  assert.deepEqual(failures, []);
  const [signature] = contents[0]?.signatures ?? [];
  assert.ok(signature?.kind === 'sigstore');
  const options = { root: null, now: NOW, requireLog: false, validFrom: null, validUntil: null };
  verifyKeyed(signature, parsePublicKey(publicKey, 'key'), options);
}

function documentOf({ layers }: Artifact): unknown {
  assert.equal(layers.length, 1);
  return JSON.parse(Buffer.from(layers[0]?.content ?? []).toString());
}

describe('what is signed', () => {
  for (const [name, sign] of Object.entries(FORMS)) {
    for (const kind of KINDS) {
      it(`${name} with ${kind} verifies under its key and under no other`, async () => {
        const key = signingKey(kind);
        const artifact = await sign(key);
        assert.deepEqual(artifact.subject, SUBJECT);
        verify(artifact, key.publicKey);
        const other = signingKey(kind === 'rsa3072' ? 'rsa2048' : kind);
        assert.throws(() => verify(artifact, other.publicKey), { code: 'SIGNATURE_INVALID' });
      });
    }

    it(`${name}: a key that signs wrongly is noticed`, async () => {
      const key = signingKey('p256');
      const another = signingKey('p256');
      for (const wrong of [
        strayKey(key, async (bytes, scheme) => await another.sign(bytes, scheme)),
        strayKey(key, async (bytes, scheme) => await key.sign(Buffer.concat([bytes, bytes]), scheme)),
        strayKey(key, async () => await Promise.resolve(Buffer.alloc(64))),
        strayKey(key, async () => await Promise.resolve(Buffer.alloc(0))),
      ]) {
        await assert.rejects(sign(wrong), { code: 'SIGNED_WRONGLY' });
      }
    });

    it(`${name}: what the key throws comes through`, async () => {
      const failure = new Error('the HSM is on fire');
      const broken = strayKey(signingKey('p256'), async () => await Promise.reject(failure));
      await assert.rejects(sign(broken), failure);
    });
  }
});

describe('a bundle', () => {
  it('is laid out as cosign 3 lays it out', async () => {
    const key = signingKey('p256');
    const artifact = await signBundle(SUBJECT, key, { now: NOW });
    const type = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    assert.deepEqual(artifact.place, { kind: 'referrer' });
    assert.equal(artifact.artifactType, type);
    assert.deepEqual(
      [...artifact.annotations],
      [
        ['dev.sigstore.bundle.content', 'dsse-envelope'],
        ['dev.sigstore.bundle.predicateType', 'https://sigstore.dev/cosign/sign/v1'],
        ['org.opencontainers.image.created', '2026-01-02T03:04:05Z'],
      ],
    );
    assert.equal(artifact.config.mediaType, 'application/vnd.oci.empty.v1+json');
    assert.equal(Buffer.from(artifact.config.content).toString(), '{}');
    assert.deepEqual(
      artifact.layers.map(({ mediaType }) => mediaType),
      [type],
    );
    const { mediaType, verificationMaterial } = documentOf(artifact) as Record<string, unknown>;
    assert.equal(mediaType, type);
    const hint = Buffer.from(hexOf(digestOf(key.publicKey)), 'hex').toString('base64');
    assert.deepEqual(verificationMaterial, { publicKey: { hint } });
  });

  for (const kind of ['p256', 'rsa2048', 'ed25519'] as const) {
    it(`by ${kind} is accepted by @sigstore/verify, and refused under another key`, async () => {
      const key = signingKey(kind);
      const entity = toSignedEntity(bundleFromJSON(documentOf((await FORMS['attestBundle']?.(key)) as Artifact)));
      const judge = (spki: Uint8Array): unknown => {
        const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
        const material = toTrustMaterial(
          { mediaType: '', tlogs: [], ctlogs: [], certificateAuthorities: [], timestampAuthorities: [] },
          () => ({ publicKey, validFor: () => true }),
        );
        return new Verifier(material, { tlogThreshold: 0, timestampThreshold: 0, ctlogThreshold: 0 }).verify(entity);
      };
      judge(key.publicKey);
      assert.throws(() => judge(signingKey(kind).publicKey), /signature/);
    });
  }

  it('states what it was given, byte for byte', async () => {
    const artifact = await FORMS['attestBundle']?.(signingKey('p256'));
    assert.ok(artifact);
    const { payload, payloadType } = readDsse(
      (documentOf(artifact) as Record<string, unknown>)['dsseEnvelope'],
      'bundle',
    );
    assert.equal(payloadType, 'application/vnd.in-toto+json');
    const text = Buffer.from(payload).toString();
    assert.ok(text.endsWith(`"predicate":${PREDICATE.json}}`), text);
    const statement = parseStatement(payload, 'statement');
    assert.equal(statement.version, 'v1');
    assert.equal(statement.predicateType, PREDICATE.type);
    assert.deepEqual(
      statement.subjects.map(({ name, digest }) => [name, [...digest]]),
      [['registry.example/app', [['sha256', hexOf(SUBJECT.digest)]]]],
    );
  });

  it('about an image of no repository has no name for it', async () => {
    const artifact = await attestBundle(SUBJECT, PREDICATE, signingKey('p256'), { now: NOW, name: null });
    const { payload } = readDsse((documentOf(artifact) as Record<string, unknown>)['dsseEnvelope'], 'bundle');
    assert.deepEqual(
      parseStatement(payload, 'statement').subjects.map(({ name }) => name),
      [null],
    );
  });
});

describe("cosign's older forms", () => {
  it('a signature names image and repository', async () => {
    const artifact = await FORMS['signLegacy']?.(signingKey('p256'));
    assert.ok(artifact);
    assert.deepEqual(artifact.place, { kind: 'tag', suffix: 'sig' });
    assert.equal(artifact.artifactType, null);
    assert.deepEqual(documentOf(artifact), {
      critical: {
        identity: { 'docker-reference': 'registry.example/app' },
        image: { 'docker-manifest-digest': SUBJECT.digest },
        type: 'cosign container image signature',
      },
      optional: null,
    });
    assert.deepEqual(
      artifact.layers.map(({ mediaType }) => mediaType),
      ['application/vnd.dev.cosign.simplesigning.v1+json'],
    );
  });

  it('an attestation is of version 0.1, with its type beside it', async () => {
    const artifact = await FORMS['attestLegacy']?.(signingKey('p256'));
    assert.ok(artifact);
    assert.deepEqual(artifact.place, { kind: 'tag', suffix: 'att' });
    const { payload } = readDsse(documentOf(artifact), 'attestation');
    assert.equal(parseStatement(payload, 'statement').version, 'v0.1');
    const [layer] = artifact.layers;
    assert.equal(layer?.mediaType, 'application/vnd.dsse.envelope.v1+json');
    assert.equal(layer.annotations.get('predicateType'), PREDICATE.type);
  });
});
