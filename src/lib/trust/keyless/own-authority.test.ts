import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { MADE, rootFile } from '#test/fixtures/signed/index.ts';
import { signedAttachments } from '#test/fixtures/signed-attachments.ts';
import { cosignSignature } from '../formats/cosign-signature/index.ts';
import type { SigstoreSignature } from '../signed.ts';
import { trustRootFromParts } from '../trust-root/from-parts.ts';
import { verifyKeyless } from './verify-keyless.ts';

evidence(
  'trust/own certificate authority',
  'real tool',
  'an image that cosign 2.6.5 signed with a certificate and a timestamp',
);

const OPTIONS = { now: MADE + 60_000, requireLog: false, requireSct: false };

function signature(): SigstoreSignature {
  const [content] = signedAttachments('cosign2-certificate').flatMap(
    (attachment) => cosignSignature.read(attachment).contents,
  );
  const [found] = content?.signatures ?? [];
  assert.ok(found?.kind === 'sigstore');
  return found;
}

const CA = [readFileSync(rootFile('code-signing'), 'utf8')];
const TSA = [readFileSync(rootFile('timestamp-authority'), 'utf8')];

describe("a certificate of one's own authority", () => {
  test('verifies with the authority and that of its timestamp, where neither log is asked for', () => {
    const root = trustRootFromParts({ object: 'root', caPem: CA, tsaPem: TSA });
    const { signer, times, logs } = verifyKeyless(signature(), root, OPTIONS);
    assert.deepEqual([signer.subject, signer.issuer], ['voyager@plimsoll.example', 'https://issuer.example']);
    assert.deepEqual([times.length, logs.length], [1, 0]);
    assert.throws(() => verifyKeyless(signature(), root, { now: OPTIONS.now, requireSct: false }), {
      code: 'LOG_ENTRY_MISSING',
    });
    assert.throws(() => verifyKeyless(signature(), root, { now: OPTIONS.now, requireLog: false }), {
      code: 'SCT_INVALID',
    });
    assert.throws(() => verifyKeyless({ ...signature(), signedBytes: Buffer.from('x') }, root, OPTIONS), {
      code: 'SIGNATURE_INVALID',
    });
  });

  test('does not verify without the one or the other', () => {
    const withoutTime = trustRootFromParts({ object: 'root', caPem: CA });
    assert.throws(() => verifyKeyless(signature(), withoutTime, OPTIONS), { code: 'TIME_UNVERIFIED' });
    const withoutAuthority = trustRootFromParts({ object: 'root', tsaPem: TSA });
    assert.throws(() => verifyKeyless(signature(), withoutAuthority, OPTIONS), { code: 'CHAIN_INVALID' });
  });

  test("the chain that it brings along is nobody's word", () => {
    const other = trustRootFromParts({ object: 'root', caPem: TSA, tsaPem: TSA });
    assert.throws(() => verifyKeyless(signature(), other, OPTIONS), { code: 'CHAIN_INVALID' });
  });
});
