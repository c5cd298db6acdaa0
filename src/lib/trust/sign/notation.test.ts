import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf, hexOf } from '#base/digest.ts';
import type { Artifact } from '#model/artifact.ts';
import { certify, type Signer } from '#test/fixtures/notary-signer.ts';
import { type KeyKind, keyPair, SUBJECT, signingKey, strayKey } from '#test/fixtures/signing-key.ts';
import { notation } from '../formats/notation/index.ts';
import type { NotaryOutcome } from '../notary/outcome.ts';
import { notaryPayload } from '../notary/payload.ts';
import { notaryStore, notaryStores } from '../notary/stores.ts';
import { verifyNotary } from '../notary/verify.ts';
import type { NotarySignature } from '../signed.ts';
import { asAttachment } from './artifact.ts';
import { type NotationOptions, signNotation } from './notation.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const SECOND = Date.UTC(2026, 0, 2, 3, 4, 5);
const YEAR = 365 * 86_400_000;
const OPTIONS = { now: NOW, expiry: null, envelope: 'jws' } as const;
const ENVELOPES = ['jws', 'cose'] as const;
const KINDS: readonly KeyKind[] = ['p256', 'p384', 'p521', 'rsa2048', 'rsa3072'];

const root = certify({ name: 'root', kind: 'root', issuer: null });
const intermediate = certify({ name: 'intermediate', kind: 'intermediate', issuer: root });
const stranger = certify({ name: 'stranger', kind: 'root', issuer: null });

interface Certified {
  readonly key: ReturnType<typeof signingKey>;
  readonly signer: Signer;
}

function certified(
  kind: KeyKind,
  validity: { readonly notBefore?: string; readonly notAfter?: string } = {},
): Certified {
  const pair = keyPair(kind);
  return {
    key: signingKey(kind, pair),
    signer: certify({ name: 'leaf', kind: 'leaf', key: pair, issuer: intermediate, ...validity }),
  };
}

function chainOf(certificates: readonly Uint8Array[]): { readonly name: string; readonly bytes: Buffer } {
  return { name: 'chain.pem', bytes: Buffer.concat(certificates) };
}

async function sign(certified: Certified, options: Partial<NotationOptions> = {}): Promise<Artifact> {
  return await signNotation(SUBJECT, certified.key, chainOf(certified.signer.chain), { ...OPTIONS, ...options });
}

function read(artifact: Artifact): { readonly signature: NotarySignature; readonly payload: Uint8Array } {
  const { contents, failures } = notation.read(asAttachment(artifact));
  assert.deepEqual(failures, []);
  const [signature] = contents[0]?.signatures ?? [];
  assert.ok(signature?.kind === 'notary');
  return { signature, payload: contents[0]?.content.bytes ?? new Uint8Array() };
}

function judge(signature: NotarySignature, trusted: Signer, now: number): NotaryOutcome {
  const store = notaryStore('ca', 'test', [{ name: 'root', bytes: trusted.certificate }]);
  return verifyNotary(signature, notaryStores([store]), {
    now,
    crls: [],
    ocspResponses: [],
    identities: 'any',
    rules: {
      authenticity: 'enforce',
      authenticTimestamp: 'enforce',
      expiry: 'enforce',
      revocation: 'skip',
      verifyTimestamp: 'afterCertExpiry',
    },
  });
}

describe('what is signed for the Notary Project', () => {
  for (const envelope of ENVELOPES) {
    for (const kind of KINDS) {
      it(`${envelope} by ${kind} verifies under its root and under no other`, async () => {
        const { signature, payload } = read(await sign(certified(kind), { envelope }));
        assert.equal(signature.envelope, envelope);
        assert.ok(judge(signature, root, NOW).accepted);
        assert.ok(!judge(signature, stranger, NOW).accepted);
        const { digest, mediaType, size } = notaryPayload(payload, 'payload');
        assert.deepEqual(
          { digest, mediaType, size },
          { digest: SUBJECT.digest, mediaType: SUBJECT.mediaType, size: 8 },
        );
      });
    }

    it(`${envelope} says when it was signed, and ends when it is told to`, async () => {
      const { signature } = read(await sign(certified('p256'), { envelope, expiry: NOW + YEAR }));
      assert.equal(signature.signingTime, SECOND);
      assert.equal(signature.expiry, SECOND + YEAR);
      assert.ok(judge(signature, root, NOW + YEAR - 1000).accepted);
      assert.ok(!judge(signature, root, NOW + YEAR).accepted);
      assert.equal(read(await sign(certified('p256'), { envelope })).signature.expiry, null);
    });

    it(`${envelope}: a key that signs wrongly is noticed`, async () => {
      for (const kind of ['p256', 'rsa2048'] as const) {
        const own = certified(kind);
        const another = signingKey(kind);
        const stray = strayKey(own.key, async (bytes, scheme) => await another.sign(bytes, scheme));
        await assert.rejects(sign({ ...own, key: stray }, { envelope }), { code: 'SIGNED_WRONGLY' });
      }
    });
  }

  it('is laid out as notation lays it out', async () => {
    const own = certified('p256');
    const artifact = await sign(own, { envelope: 'cose' });
    assert.deepEqual(artifact.place, { kind: 'referrer' });
    assert.equal(artifact.config.mediaType, 'application/vnd.cncf.notary.signature');
    assert.deepEqual(
      [...artifact.annotations],
      [
        [
          'io.cncf.notary.x509chain.thumbprint#S256',
          JSON.stringify(own.signer.chain.map((certificate) => hexOf(digestOf(certificate)))),
        ],
        ['org.opencontainers.image.created', '2026-01-02T03:04:05Z'],
      ],
    );
    assert.deepEqual(
      artifact.layers.map(({ mediaType }) => mediaType),
      ['application/cose'],
    );
  });

  it('has the whole chain in it, the root too', async () => {
    const own = certified('p256');
    for (const envelope of ENVELOPES) {
      assert.deepEqual(
        read(await sign(own, { envelope })).signature.certificates.map((der) => hexOf(digestOf(der))),
        own.signer.chain.map((der) => hexOf(digestOf(der))),
      );
    }
  });

  it('a PSS signature has a salt as long as its hash', async () => {
    // Its verifier takes no other: what is signed here is what it verified.
    const { signature } = read(await sign(certified('rsa3072')));
    assert.equal(signature.algorithm, 'PS384');
    assert.ok(judge(signature, root, NOW).accepted);
  });
});

describe('what is not signed', () => {
  const own = certified('p256');
  const [leaf = Buffer.alloc(0)] = own.signer.chain;
  const cases: readonly (readonly [name: string, chain: readonly Uint8Array[], code: string])[] = [
    ['without its issuers', [leaf], 'CHAIN_INVALID'],
    ['without its root', own.signer.chain.slice(0, 2), 'CHAIN_INVALID'],
    ['with issuers of others', [leaf, stranger.certificate], 'CHAIN_INVALID'],
    ['with its chain the wrong way round', own.signer.chain.toReversed(), 'CERTIFICATE_KEY_MISMATCH'],
    ['with the chain of another key', certified('p256').signer.chain, 'CERTIFICATE_KEY_MISMATCH'],
    ['with no chain', [], 'PEM_INVALID'],
  ];
  for (const [name, chain, code] of cases) {
    it(`${name}: ${code}`, async () => {
      await assert.rejects(signNotation(SUBJECT, own.key, chainOf(chain), OPTIONS), { code });
    });
  }

  it('by a certificate that is not valid now', async () => {
    const old = certified('p256', { notAfter: '20251231000000Z' });
    await assert.rejects(sign(old), { code: 'CERTIFICATE_OUTSIDE_VALIDITY' });
    const early = certified('p256', { notBefore: '20260601000000Z' });
    await assert.rejects(sign(early), { code: 'CERTIFICATE_OUTSIDE_VALIDITY' });
  });

  it('with an end that is over', async () => {
    await assert.rejects(sign(own, { expiry: NOW - 5000 }), { code: 'SIGNED_WRONGLY' });
  });
});
