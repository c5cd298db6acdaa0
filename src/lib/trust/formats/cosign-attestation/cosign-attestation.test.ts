import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { MADE, PREDICATE_TYPES, signerFile } from '#test/fixtures/signed/index.ts';
import { signedAttachments } from '#test/fixtures/signed-attachments.ts';
import { parseStatement } from '../../attestations/statement.ts';
import { parsePublicKey } from '../../keys/public-key.ts';
import { verifyKeyed } from '../../keys/verify-keyed.ts';
import { evidenceFormatContract } from '../contract.ts';
import { cosignAttestation } from './index.ts';

evidence('trust/cosign attestations', 'real tool', 'six predicates that cosign 2.6.5 attested with a key');

const [EXAMPLE] = signedAttachments('cosign2-attestations');
assert.ok(EXAMPLE !== undefined);
const OPTIONS = { root: null, now: MADE, requireLog: false, validFrom: null, validUntil: null };

evidenceFormatContract(cosignAttestation, { example: EXAMPLE });

function changed(
  example: Attachment,
  change: (envelope: Record<string, unknown>) => Record<string, unknown>,
): Attachment {
  return {
    ...example,
    blobs: example.blobs.slice(0, 1).map((blob) => {
      const envelope = JSON.parse(Buffer.from(blob.content ?? []).toString()) as Record<string, unknown>;
      return { ...blob, content: Buffer.from(JSON.stringify(change(envelope))) };
    }),
  };
}

describe('cosign attestations', () => {
  test('all verify, and are statements of the predicates that were attested', () => {
    const key = parsePublicKey(readFileSync(signerFile('p256')), 'key');
    const { contents } = cosignAttestation.read(EXAMPLE);
    for (const { signatures } of contents) {
      for (const signature of signatures) {
        assert.ok(signature.kind === 'sigstore');
        verifyKeyed(signature, key, OPTIONS);
      }
    }
    assert.deepEqual(
      contents.map(({ content, object }) => parseStatement(content.bytes, object).predicateType).toSorted(),
      PREDICATE_TYPES.toSorted(),
    );
  });

  test('a payload under another type does not verify', () => {
    const key = parsePublicKey(readFileSync(signerFile('p256')), 'key');
    const [content] = cosignAttestation.read(
      changed(EXAMPLE, (envelope) => ({ ...envelope, payloadType: 'application/vnd.in-toto.other+json' })),
    ).contents;
    const [signature] = content?.signatures ?? [];
    assert.ok(signature?.kind === 'sigstore');
    assert.throws(() => verifyKeyed(signature, key, OPTIONS), { code: 'SIGNATURE_INVALID' });
  });

  test('an envelope of something else than a statement is refused', () => {
    for (const payloadType of [
      'text/plain',
      'application/vnd.in-toto+jsonx',
      'xapplication/vnd.in-toto+json',
      'application/json',
    ]) {
      const { contents, failures } = cosignAttestation.read(
        changed(EXAMPLE, (envelope) => ({ ...envelope, payloadType })),
      );
      assert.equal(contents.length, 0);
      assert.deepEqual(
        failures.map(({ code }) => code),
        ['ENVELOPE_UNSUPPORTED'],
      );
    }
  });

  test('every signature of an envelope is a signature of its own', () => {
    const [content] = cosignAttestation.read(
      changed(EXAMPLE, (envelope) => ({
        ...envelope,
        signatures: [...(envelope['signatures'] as readonly unknown[]), { keyid: 'another', sig: 'YQ==' }],
      })),
    ).contents;
    assert.deepEqual(
      content?.signatures.map((signature) => (signature.kind === 'sigstore' ? signature.keyHint : null)),
      [null, 'another'],
    );
  });

  test('timestamps are of the envelope', () => {
    const [content] = cosignAttestation.read(EXAMPLE).contents;
    const [signature] = content?.signatures ?? [];
    assert.ok(signature?.kind === 'sigstore');
    assert.deepEqual(signature.timestamped, EXAMPLE.blobs[0]?.content);
  });
});
