import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { MADE, signerFile } from '#test/fixtures/signed/index.ts';
import { signedAttachments } from '#test/fixtures/signed-attachments.ts';
import { parsePublicKey } from '../../keys/public-key.ts';
import { verifyKeyed } from '../../keys/verify-keyed.ts';
import { evidenceFormatContract } from '../contract.ts';
import { readBundle } from './bundle.ts';
import { sigstoreBundle } from './index.ts';

evidence('trust/sigstore bundles', 'real tool', 'images that cosign 2.6.5 and 3.1.3 signed and attested with keys');

const [EXAMPLE] = signedAttachments('cosign3-key');
assert.ok(EXAMPLE !== undefined);
const OPTIONS = { root: null, now: MADE, requireLog: false, validFrom: null, validUntil: null };

evidenceFormatContract(sigstoreBundle, { example: EXAMPLE });

describe('bundles that cosign made', () => {
  const made = [
    ['cosign2-bundle', 'p256', 1],
    ['cosign3-key', 'p256', 1],
    ['cosign3-key-p384', 'p384', 1],
    ['cosign3-key-rsa2048', 'rsa2048', 1],
    ['cosign3-timestamp', 'p256', 1],
    ['cosign3-attestations', 'p256', 6],
    ['cosign3-recursive', 'p256', 3],
  ] as const;
  for (const [id, signer, count] of made) {
    test(`${id} verifies with ${signer} and with no other key`, () => {
      const key = parsePublicKey(readFileSync(signerFile(signer)), signer);
      const other = parsePublicKey(readFileSync(signerFile('p256-second')), 'other');
      const contents = signedAttachments(id).flatMap((attachment) => sigstoreBundle.read(attachment).contents);
      assert.equal(contents.length, count);
      for (const [signature] of contents.map(({ signatures }) => signatures)) {
        assert.ok(signature?.kind === 'sigstore');
        assert.equal(verifyKeyed(signature, key, OPTIONS).signer.kind, 'key');
        assert.throws(() => verifyKeyed(signature, other, OPTIONS), { code: 'SIGNATURE_INVALID' });
      }
    });
  }
});

/** A bundle 0.3 by a key, of which nothing needs to verify. */
const GOOD = {
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: { publicKey: { hint: 'a hint' } },
  dsseEnvelope: {
    payload: 'e30=',
    payloadType: 'application/vnd.in-toto+json',
    signatures: [{ keyid: '', sig: 'YQ==' }],
  },
};
const PROOF = { logIndex: '3', treeSize: '4', rootHash: 'YQ==', hashes: ['YQ=='], checkpoint: { envelope: 'note' } };
const ENTRY = { logIndex: '3', logId: { keyId: 'YQ==' }, canonicalizedBody: 'e30=', inclusionProof: PROOF };

function withEntry(more: object, mediaType = GOOD.mediaType): object {
  return { ...GOOD, mediaType, verificationMaterial: { publicKey: {}, tlogEntries: [{ ...ENTRY, ...more }] } };
}

function withMaterial(verificationMaterial: object, mediaType = GOOD.mediaType): object {
  return { ...GOOD, mediaType, verificationMaterial };
}

function read(json: object, artifact?: Uint8Array): ReturnType<typeof readBundle> {
  return readBundle(Buffer.from(JSON.stringify(json)), 'sample', artifact);
}

const V01 = 'application/vnd.dev.sigstore.bundle+json;version=0.1';
const V02 = 'application/vnd.dev.sigstore.bundle+json;version=0.2';

describe('readBundle', () => {
  test('reads every spelling of the versions', () => {
    assert.equal(read(GOOD).version, '0.3');
    assert.equal(read({ ...GOOD, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.3' }).version, '0.3');
    assert.equal(read({ ...GOOD, mediaType: V02 }).version, '0.2');
    assert.equal(read({ ...GOOD, mediaType: V01 }).version, '0.1');
  });

  test('null and missing are the same, and stand for zero', () => {
    const { logEntries } = read(withEntry({ logIndex: null, integratedTime: '0', kindVersion: null })).signature;
    assert.deepEqual(
      [logEntries[0]?.logIndex, logEntries[0]?.integratedTime, logEntries[0]?.kindVersion],
      [0n, null, null],
    );
    assert.deepEqual(
      read(withMaterial({ publicKey: {}, tlogEntries: null, timestampVerificationData: null })).signature.logEntries,
      [],
    );
  });

  test('a version says what the log has to show', () => {
    assert.equal(read(withEntry({})).signature.logEvidence, 'proof');
    const promise = { inclusionPromise: { signedEntryTimestamp: 'YQ==' }, inclusionProof: null };
    assert.equal(read(withEntry(promise, V01)).signature.logEvidence, 'promise');
  });

  test('a message signature is over the artifact', () => {
    const { dsseEnvelope: _, ...rest } = GOOD;
    const bundle = { ...rest, messageSignature: { signature: 'YQ==' } };
    const artifact = Buffer.from('artifact');
    assert.deepEqual(read(bundle, artifact).signature.signedBytes, artifact);
    assert.throws(() => read(bundle), { code: 'ENVELOPE_UNSUPPORTED' });
  });

  const refused: readonly (readonly [name: string, json: object, found: RegExp])[] = [
    ['a list', [], /an object/],
    ['no media type', { ...GOOD, mediaType: undefined }, /mediaType/],
    ['version 0.4', { ...GOOD, mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' }, /v0\.4/],
    ['another spelling of 0.1', { ...GOOD, mediaType: 'application/vnd.dev.sigstore.bundle.v0.1+json' }, /v0\.1/],
    ['no material', { ...GOOD, verificationMaterial: null }, /verificationMaterial/],
    ['no content', { ...GOOD, dsseEnvelope: null }, /exactly one of them, found none/],
    ['two contents', { ...GOOD, messageSignature: { signature: 'YQ==' } }, /dsseEnvelope and messageSignature/],
    ['a member that is not in the schema', { ...GOOD, trusted: true }, /trusted/],
    ['the original names of fields', { ...GOOD, verification_material: {} }, /verification_material/],
    ['a member in the envelope', { ...GOOD, dsseEnvelope: { ...GOOD.dsseEnvelope, trusted: true } }, /trusted/],
    ['no signer', withMaterial({}), /exactly one of them, found none/],
    [
      'a key and a certificate',
      withMaterial({ publicKey: {}, certificate: { rawBytes: 'YQ==' } }),
      /publicKey and certificate/,
    ],
    ['a chain in 0.3', withMaterial({ x509CertificateChain: { certificates: [] } }), /one certificate/],
    ['a certificate in 0.2', withMaterial({ certificate: { rawBytes: 'YQ==' } }, V02), /has a chain/],
    ['an empty chain', withMaterial({ x509CertificateChain: { certificates: [] } }, V02), /at least one/],
    ['an empty certificate', withMaterial({ certificate: {} }), /rawBytes/],
    [
      'a keyid that is not the hint',
      { ...GOOD, dsseEnvelope: { ...GOOD.dsseEnvelope, signatures: [{ keyid: 'x', sig: 'YQ==' }] } },
      /the hint/,
    ],
    ['0.1 without a promise', withEntry({}, V01), /inclusionPromise/],
    ['0.2 without a proof', withEntry({ inclusionProof: null }, V02), /no proof/],
    ['0.3 without a checkpoint', withEntry({ inclusionProof: { ...PROOF, checkpoint: null } }), /no checkpoint/],
    ['a negative index', withEntry({ logIndex: '-3' }), /"-3"/],
    ['an index that is a number', withEntry({ logIndex: 3 }), /found 3/],
    ['an index with zeros before it', withEntry({ logIndex: '03' }), /"03"/],
    ['an index in hexadecimal', withEntry({ logIndex: '0x3' }), /"0x3"/],
    ['an index of 64 bits', withEntry({ logIndex: '9223372036854775808' }), /63 bits/],
    ['a time past all calendars', withEntry({ integratedTime: '9223372036854775807' }), /integratedTime/],
    ['a negative tree', withEntry({ inclusionProof: { ...PROOF, treeSize: '-1' } }), /treeSize/],
    [
      'too many hashes',
      withEntry({ inclusionProof: { ...PROOF, hashes: Array.from({ length: 65 }, () => 'YQ==') } }),
      /at most 64/,
    ],
    ['no body', withEntry({ canonicalizedBody: '' }), /canonicalizedBody/],
    ['base64 for URLs', withEntry({ canonicalizedBody: '-_-_' }), /base64/],
    [
      'too many entries',
      withMaterial({ publicKey: {}, tlogEntries: Array.from({ length: 33 }, () => ENTRY) }),
      /at most 32/,
    ],
  ];
  for (const [name, json, found] of refused) {
    test(`refuses ${name}`, () => {
      assert.throws(
        () => read(json),
        (error) =>
          isAppError(error) &&
          ['ENVELOPE_INVALID', 'BASE64_INVALID', 'LIMIT_EXCEEDED'].includes(error.code) &&
          found.test(error.message),
      );
    });
  }

  test('an envelope with two signatures is refused: who signed would depend on which is looked at', () => {
    const [signature] = GOOD.dsseEnvelope.signatures;
    const signatures = [signature, signature];
    assert.throws(() => read({ ...GOOD, dsseEnvelope: { ...GOOD.dsseEnvelope, signatures } }), /exactly one signature/);
  });

  test('a message signature is not taken for one of an image', () => {
    const { dsseEnvelope: _, ...rest } = GOOD;
    const bundle = Buffer.from(JSON.stringify({ ...rest, messageSignature: { signature: 'YQ==' } }));
    const blobs = EXAMPLE.blobs.map((blob) => ({ ...blob, content: bundle }));
    const { contents, failures } = sigstoreBundle.read({ ...EXAMPLE, blobs });
    assert.equal(contents.length, 0);
    assert.deepEqual(
      failures.map(({ code }) => code),
      ['ENVELOPE_UNSUPPORTED'],
    );
  });

  test('a manifest holds one bundle', () => {
    const { contents, failures } = sigstoreBundle.read({ ...EXAMPLE, blobs: [...EXAMPLE.blobs, ...EXAMPLE.blobs] });
    assert.deepEqual([contents.length, failures.length], [0, 2]);
  });

  test('is recognised by its layer where the manifest does not say', () => {
    assert.ok(sigstoreBundle.recognises({ ...EXAMPLE, artifactType: 'application/vnd.oci.empty.v1+json' }));
    assert.ok(
      sigstoreBundle.recognises({ ...EXAMPLE, artifactType: 'application/vnd.dev.sigstore.bundle.v9+json', blobs: [] }),
    );
  });
});
