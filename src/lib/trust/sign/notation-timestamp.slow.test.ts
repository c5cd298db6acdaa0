import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Artifact } from '#model/artifact.ts';
import { certify } from '#test/fixtures/notary-signer.ts';
import { type KeyKind, keyPair, SUBJECT, signingKey } from '#test/fixtures/signing-key.ts';
import { signingServices } from '#test/fixtures/signing-services.ts';
import { parseDer, TAG } from '../encoding/der.ts';
import { notation } from '../formats/notation/index.ts';
import { notaryStore, notaryStores } from '../notary/stores.ts';
import { verifyNotary } from '../notary/verify.ts';
import type { NotarySignature } from '../signed.ts';
import { readTimestamp } from '../timestamps/verify.ts';
import { asAttachment } from './artifact.ts';
import { type NotationOptions, signNotation } from './notation.ts';
import type { TimestampAuthority } from './witness.ts';

const services = await signingServices();
const strangers = await signingServices();
const { now } = services;
const YEAR = 365 * 86_400_000;
const WITNESSES = { timestamps: [services.timestamps], logs: [] };
const HASHES = { p256: 'sha256', p384: 'sha384', p521: 'sha512', rsa2048: 'sha256', rsa3072: 'sha384' } as const;

const root = certify({ name: 'root', kind: 'root', issuer: null });
const soon = `${new Date(now + YEAR).toISOString().slice(0, 19).split(/[-:T]/).join('')}Z`;

async function sign(kind: KeyKind, options: Partial<NotationOptions>): Promise<Artifact> {
  const pair = keyPair(kind);
  const leaf = certify({ name: 'leaf', kind: 'leaf', key: pair, issuer: root, notAfter: soon });
  const chain = { name: 'chain.pem', bytes: Buffer.concat(leaf.chain) };
  const all = { now, expiry: null, envelope: 'jws', witnesses: WITNESSES, root: services.root, ...options } as const;
  return await signNotation(SUBJECT, signingKey(kind, pair), chain, all);
}

function read(artifact: Artifact): NotarySignature {
  const { contents, failures } = notation.read(asAttachment(artifact));
  assert.deepEqual(failures, []);
  const [signature] = contents[0]?.signatures ?? [];
  assert.ok(signature?.kind === 'notary');
  return signature;
}

/** As a verifier whose trust stores have the root of the authority `by`, long after the certificate ended. */
function accepts(signature: NotarySignature, by = services): boolean {
  const stores = [
    notaryStore('ca', 'test', [{ name: 'root', bytes: root.certificate }]),
    notaryStore('tsa', 'test', [{ name: 'tsa', bytes: bytesOf(by.mock.timestamps.rootCertificate) }]),
  ];
  return verifyNotary(signature, notaryStores(stores), {
    now: now + 2 * YEAR,
    crls: [],
    ocspResponses: [],
    identities: 'any',
    rules: {
      authenticity: 'enforce',
      authenticTimestamp: 'enforce',
      expiry: 'enforce',
      revocation: 'skip',
      verifyTimestamp: 'always',
    },
  }).accepted;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function refused(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Error);
    assert.equal((error as { code?: string }).code, 'SIGNED_WRONGLY');
    assert.equal((error.cause as { code?: string }).code, code, error.message);
    return true;
  };
}

function answering(timestamp: TimestampAuthority['timestamp']): Partial<NotationOptions> {
  return { witnesses: { timestamps: [{ name: 'odd', timestamp }], logs: [] } };
}

for (const envelope of ['jws', 'cose'] as const) {
  describe(`${envelope} with a timestamp`, () => {
    for (const kind of Object.keys(HASHES) as (keyof typeof HASHES)[]) {
      it(`by ${kind} counts after its certificate ended, by an authority that is trusted alone`, async () => {
        const signature = read(await sign(kind, { envelope }));
        assert.ok(accepts(signature));
        assert.ok(!accepts(signature, strangers));
        assert.equal(
          readTimestamp(signature.timestamp ?? assert.fail(), signature.signature, 't').info.hash,
          HASHES[kind],
        );
      });
    }

    it('has the token, and not the response around it', async () => {
      const { timestamp } = read(await sign('p256', { envelope }));
      const [type] = parseDer(timestamp ?? assert.fail(), 'token').children;
      assert.equal(type?.tag, TAG.oid);
    });

    it('has none unless it is asked for', async () => {
      assert.equal(read(await sign('p256', { envelope, witnesses: { timestamps: [], logs: [] } })).timestamp, null);
    });

    it('about something else is not attached', async () => {
      const options = answering(async (_message, hash) => await services.timestamps.timestamp(Buffer.from('x'), hash));
      await assert.rejects(sign('p256', { envelope, ...options }), refused('TIMESTAMP_INVALID'));
    });

    it('by another hash than the signature is not attached', async () => {
      const options = answering(async (message) => await services.timestamps.timestamp(message, 'sha512'));
      await assert.rejects(sign('p256', { envelope, ...options }), refused('TIMESTAMP_INVALID'));
    });

    it('of another time is not attached', async () => {
      await assert.rejects(sign('p256', { envelope, now: now - 11 * 60_000 }), refused('TIMESTAMP_INVALID'));
    });

    it('of an authority that is not trusted is not attached', async () => {
      const witnesses = { timestamps: [strangers.timestamps], logs: [] };
      await assert.rejects(sign('p256', { envelope, witnesses }), { code: 'SIGNED_WRONGLY' });
    });

    it('without the certificate of its signer is not attached', async () => {
      const options = answering(async (message, hash) => {
        const stamped = await services.mock.timestamps.timestamp({
          artifactHash: createHash(hash).update(message).digest(),
          hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
          nonce: 1,
          policyOID: '1.2.3',
          certReq: false,
        });
        return bytesOf(stamped);
      });
      await assert.rejects(sign('p256', { envelope, ...options }), refused('TIMESTAMP_INVALID'));
    });

    it('that is no timestamp is not attached', async () => {
      const nothing = answering(async () => await Promise.resolve(Buffer.from('not a timestamp')));
      await assert.rejects(sign('p256', { envelope, ...nothing }), { name: 'TrustError' });
      const failure = new Error('out of order');
      const broken = answering(async () => await Promise.reject(failure));
      await assert.rejects(sign('p256', { envelope, ...broken }), failure);
    });
  });
}

it('the Notary Project has no place for logs, nor for a second timestamp', async () => {
  const { timestamps, log } = services;
  for (const witnesses of [
    { timestamps: [], logs: [log] },
    { timestamps: [timestamps, timestamps], logs: [] },
  ]) {
    await assert.rejects(sign('p256', { witnesses }), { code: 'WITNESS_UNSUPPORTED' });
  }
});
