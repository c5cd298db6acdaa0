import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { MADE, signerFile } from '#test/fixtures/signed/index.ts';
import { signedAttachments } from '#test/fixtures/signed-attachments.ts';
import { parsePublicKey } from '../../keys/public-key.ts';
import { verifyKeyed } from '../../keys/verify-keyed.ts';
import type { SigstoreSignature } from '../../signed.ts';
import { evidenceFormatContract } from '../contract.ts';
import { cosignSignature } from './index.ts';

evidence(
  'trust/cosign signatures',
  'real tool',
  'images that cosign 2.2.4, 2.6.5 and 3.1.3 signed with keys of four kinds',
);

const OPTIONS = { root: null, now: MADE, requireLog: false, validFrom: null, validUntil: null };
const SIGNATURE = 'dev.cosignproject.cosign/signature';
const BUNDLE = 'dev.sigstore.cosign/bundle';

function only(id: string): Attachment {
  const [attachment] = signedAttachments(id);
  assert.ok(attachment !== undefined);
  return attachment;
}

function signaturesOf(attachment: Attachment): readonly SigstoreSignature[] {
  const { contents, failures } = cosignSignature.read(attachment);
  assert.deepEqual(failures, []);
  return contents.flatMap(({ signatures }) => signatures).filter((signature) => signature.kind === 'sigstore');
}

function annotated(changes: Readonly<Record<string, string>>): Attachment {
  const example = only('cosign2-key');
  return {
    ...example,
    blobs: example.blobs.map((blob) => ({
      ...blob,
      annotations: new Map([...blob.annotations, ...Object.entries(changes)]),
    })),
  };
}

evidenceFormatContract(cosignSignature, { example: only('cosign2-two-keys') });

describe('cosign signatures', () => {
  const made = [
    ['cosign22-key', 'p256'],
    ['cosign22-key-ed25519', 'ed25519'],
    ['cosign2-key', 'p256'],
    ['cosign2-key-p384', 'p384'],
    ['cosign2-key-rsa2048', 'rsa2048'],
    ['cosign2-timestamp', 'p256'],
    ['cosign2-referrers', 'p256'],
    ['cosign2-index', 'p256'],
    ['cosign3-legacy', 'p256'],
  ] as const;
  for (const [id, signer] of made) {
    test(`${id} verifies with ${signer} and with no other key`, () => {
      const [signature] = signaturesOf(only(id));
      assert.ok(signature !== undefined);
      const key = parsePublicKey(readFileSync(signerFile(signer)), signer);
      assert.deepEqual(verifyKeyed(signature, key, OPTIONS).signer, { kind: 'key', fingerprint: key.fingerprint });
      const other = parsePublicKey(readFileSync(signerFile('p256-second')), 'other');
      assert.throws(() => verifyKeyed(signature, other, OPTIONS), { code: 'SIGNATURE_INVALID' });
    });
  }

  test('the prehashed form of Ed25519 is refused, and said to be the likely reason', () => {
    const [signature] = signaturesOf(only('cosign2-key-ed25519'));
    assert.ok(signature !== undefined);
    const key = parsePublicKey(readFileSync(signerFile('ed25519')), 'key');
    assert.throws(
      () => verifyKeyed(signature, key, OPTIONS),
      (error) => error instanceof Error && 'hint' in error && /Ed25519ph/.test(String(error.hint)),
    );
  });

  test('reads certificate, chain and timestamp', () => {
    const [signature] = signaturesOf(only('cosign2-certificate'));
    assert.equal(signature?.certificates.length, 3);
    assert.equal(signature.timestamps.length, 1);
    assert.deepEqual(signature.timestamped, signature.signature);
  });

  test('reads the entry that the log promised', () => {
    const entry = {
      SignedEntryTimestamp: 'c2V0',
      Payload: { body: 'e30=', integratedTime: 5, logIndex: 7, logID: 'c0'.repeat(32) },
    };
    const [signature] = signaturesOf(annotated({ [BUNDLE]: JSON.stringify(entry) }));
    assert.deepEqual(signature?.logEntries, [
      {
        kindVersion: null,
        logId: Buffer.from('c0'.repeat(32), 'hex'),
        logIndex: 7n,
        integratedTime: 5000,
        canonicalizedBody: Buffer.from('{}'),
        inclusionPromise: Buffer.from('set'),
        inclusionProof: null,
      },
    ]);
    assert.equal(signature.logEvidence, 'promise');
  });

  test('empty annotations are none, as old versions wrote them', () => {
    const [signature] = signaturesOf(annotated({ [BUNDLE]: '', 'dev.sigstore.cosign/certificate': '' }));
    assert.deepEqual([signature?.certificates, signature?.logEntries], [[], []]);
  });

  const entry = (more: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({
      SignedEntryTimestamp: 'c2V0',
      Payload: { body: 'e30=', integratedTime: 5, logIndex: 7, logID: 'c0'.repeat(32), ...more },
    });
  const refused: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['no signature', { [SIGNATURE]: '' }, 'ENVELOPE_INVALID'],
    ['a signature with stray characters', { [SIGNATURE]: 'YQ==!' }, 'BASE64_INVALID'],
    [
      'a certificate that is a key',
      { 'dev.sigstore.cosign/certificate': readFileSync(signerFile('p256'), 'utf8') },
      'PEM_INVALID',
    ],
    ['a log entry that is no JSON', { [BUNDLE]: '{' }, 'JSON_INVALID'],
    ['a log entry with a member twice', { [BUNDLE]: '{"Payload":1,"Payload":2}' }, 'JSON_DUPLICATE_KEY'],
    ['another case of a name', { [BUNDLE]: '{"signedEntryTimestamp":"c2V0","payload":{}}' }, 'ENVELOPE_INVALID'],
    ['a negative index', { [BUNDLE]: entry({ logIndex: -1 }) }, 'ENVELOPE_INVALID'],
    ['half an index', { [BUNDLE]: entry({ logIndex: 1.5 }) }, 'ENVELOPE_INVALID'],
    ['a time that is text', { [BUNDLE]: entry({ integratedTime: '5' }) }, 'ENVELOPE_INVALID'],
    ['a log id in capitals', { [BUNDLE]: entry({ logID: 'C0'.repeat(32) }) }, 'ENVELOPE_INVALID'],
    ['a timestamp that is no JSON', { 'dev.sigstore.cosign/rfc3161timestamp': 'x' }, 'JSON_INVALID'],
  ];
  for (const [name, changes, code] of refused) {
    test(`refuses ${name}`, () => {
      const { contents, failures } = cosignSignature.read(annotated(changes));
      assert.equal(contents.length, 0);
      assert.deepEqual(
        failures.map((failure) => failure.code),
        [code],
      );
    });
  }

  test('one layer that cannot be read does not hide the other', () => {
    const example = only('cosign2-two-keys');
    const [first, second] = example.blobs;
    assert.ok(first !== undefined && second !== undefined);
    const { contents, failures } = cosignSignature.read({
      ...example,
      blobs: [{ ...first, annotations: new Map() }, second, { ...second, mediaType: 'text/plain' }],
    });
    assert.equal(contents.length, 1);
    assert.deepEqual(
      failures.map(({ object }) => object.slice(0, 7)),
      ['layer 1', 'layer 3'],
    );
  });
});
