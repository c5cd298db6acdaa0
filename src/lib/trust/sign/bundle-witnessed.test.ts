import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { Artifact } from '#model/artifact.ts';
import { evidence } from '#test/evidence.ts';
import { signedLayout } from '#test/fixtures/signed/index.ts';
import { SUBJECT, signingKey } from '#test/fixtures/signing-key.ts';
import { IDENTITY, signingServices } from '#test/fixtures/signing-services.ts';
import { notAttached, signatureOf, witnessesOf } from '#test/fixtures/witnessed-signatures.ts';
import { verifyKeyless } from '../keyless/verify-keyless.ts';
import { signBundle } from './bundle.ts';
import type { SigstoreOptions } from './options.ts';

evidence(
  'trust/sign-witnessed',
  'real tool',
  'certificates, timestamps and log entries by @sigstore/mock, judged by @sigstore/verify; test/compat has cosign judge them',
);

const services = await signingServices();
const strangers = await signingServices();
const identity = await services.identity();
const { now, root } = services;

/** By an identity, with all that the trust root asks for. */
function keyless(more: Partial<SigstoreOptions> = {}): SigstoreOptions {
  return { now, chain: identity.chain, witnesses: witnessesOf(services, 'timestamp and log'), root, ...more };
}

function documentOf({ layers: [layer] }: Artifact): Record<string, unknown> {
  return JSON.parse(Buffer.from(layer?.content ?? []).toString()) as Record<string, unknown>;
}

describe('a bundle with witnesses', () => {
  const material = toTrustMaterial(TrustedRoot.fromJSON(services.trustedRoot), () => assert.fail('a key'));
  const others = toTrustMaterial(TrustedRoot.fromJSON(strangers.trustedRoot), () => assert.fail('a key'));

  it('by an identity is accepted by @sigstore/verify, and refused under another root or for somebody else', async () => {
    const artifact = await signBundle(SUBJECT, identity.key, keyless());
    const entity = toSignedEntity(bundleFromJSON(documentOf(artifact)));
    const options = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 2 };
    const policy = { subjectAlternativeName: IDENTITY.subject, extensions: { issuer: IDENTITY.issuer } };
    new Verifier(material, options).verify(entity, policy);
    assert.throws(() => new Verifier(others, options).verify(entity, policy));
    assert.throws(() => new Verifier(material, options).verify(entity, { ...policy, subjectAlternativeName: 'me' }));
    assert.throws(() => new Verifier(material, { ...options, timestampThreshold: 3 }).verify(entity, policy));
  });

  it('by a key is accepted by @sigstore/verify, and refused under another key', async () => {
    const key = signingKey('p256');
    const artifact = await signBundle(SUBJECT, key, { now, witnesses: witnessesOf(services, 'timestamp and log') });
    const entity = toSignedEntity(bundleFromJSON(documentOf(artifact)));
    const judge = (spki: Uint8Array): unknown => {
      const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
      const trusted = toTrustMaterial(TrustedRoot.fromJSON(services.trustedRoot), () => ({
        publicKey,
        validFor: () => true,
      }));
      return new Verifier(trusted, { tlogThreshold: 1, timestampThreshold: 2 }).verify(entity);
    };
    judge(key.publicKey);
    assert.throws(() => judge(signingKey('p256').publicKey));
  });

  it('of a Rekor 2 has a time from an authority, and is not attached without', async () => {
    const logs = [services.proofLog];
    const both = await signBundle(
      SUBJECT,
      identity.key,
      keyless({ witnesses: { timestamps: [services.timestamps], logs } }),
    );
    assert.equal(verifyKeyless(signatureOf(both), root, { now }).times.length, 1);
    await assert.rejects(
      signBundle(SUBJECT, identity.key, keyless({ witnesses: { timestamps: [], logs } })),
      notAttached('TIME_UNVERIFIED'),
    );
  });

  it('has room for several of a kind', async () => {
    const artifact = await signBundle(SUBJECT, identity.key, {
      now,
      chain: identity.chain,
      witnesses: { timestamps: [services.timestamps, strangers.timestamps], logs: [services.log, services.proofLog] },
    });
    const { timestamps, logEntries } = signatureOf(artifact);
    assert.deepEqual([timestamps.length, logEntries.length], [2, 2]);
  });

  it('is not attached where the root asks for a log and none was asked', async () => {
    await assert.rejects(
      signBundle(SUBJECT, identity.key, keyless({ witnesses: witnessesOf(services, 'timestamp') })),
      notAttached('LOG_ENTRY_MISSING'),
    );
  });

  for (const [fixture, options] of [
    ['cosign3-keyless', keyless({ witnesses: { timestamps: [services.timestamps], logs: [services.proofLog] } })],
    ['cosign3-timestamp', { now, witnesses: witnessesOf(services, 'timestamp') }],
  ] as const) {
    it(`has its material where cosign has it: ${fixture}`, async () => {
      const key = fixture === 'cosign3-keyless' ? identity.key : signingKey('p256');
      const ours = documentOf(await signBundle(SUBJECT, key, options));
      assert.deepEqual(namesIn(ours, 3), namesIn(bundleOf(fixture), 3));
    });
  }
});

/** The bundle in a layout of one. */
function bundleOf(fixture: string): unknown {
  const blobs = join(signedLayout(fixture), 'blobs/sha256');
  const texts = readdirSync(blobs).map((name) => readFileSync(join(blobs, name), 'latin1'));
  return JSON.parse(texts.find((text) => text.includes('"verificationMaterial"')) ?? assert.fail());
}

/** The names of members, so many levels down; of a list those of its first. */
function namesIn(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null || levels === 0) {
    return typeof value;
  }
  if (Array.isArray(value)) {
    return [namesIn(value[0], levels)];
  }
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return members.map(([name, member]) => [name, namesIn(member, levels - 1)]);
}
