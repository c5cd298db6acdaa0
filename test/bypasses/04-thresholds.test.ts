import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { signerFile } from '../fixtures/signed/index.ts';
import { attachmentOf, cosignSignature, dsseEnvelope, testKey } from '../fixtures/signing.ts';
import {
  type Attack,
  assertAccepted,
  assertRefused,
  IMAGE,
  judge,
  keySigner,
  MINUTE,
  NOW,
  signedByCosign,
  trusting,
} from './attack.ts';
import { keylessSignature, newAuthority } from './fulcio.ts';

evidence('trust/bypass-04', 'self-made', 'one signature shown twice, under two names, two operators and two patterns');
evidence('trust/bypass-04', 'real tool', 'signatures of cosign 2, two of them needed');

const [a, b, c] = [testKey(), testKey(), testKey()];
const byA = cosignSignature(IMAGE, a);
const byB = cosignSignature(IMAGE, b);
const two = { signature: { signers: ['one', 'two'], threshold: 2 } };
const NOT_ENOUGH = /: 1 of 2 found/;

async function attempt(attachments: readonly Attachment[], signers: Attack['signers'], more: Partial<Attack> = {}) {
  return await judge({ attachments, signers, require: [two], ...more });
}

const honest = { one: keySigner(a), two: keySigner(b) };
const sameKey = { one: { operator: 'release', ...keySigner(a) }, two: { operator: 'security', ...keySigner(a) } };

describe('thresholds that one signer meets alone: CVE-2026-49834, CVE-2026-23992', () => {
  it('two signers are accepted', async () => {
    assertAccepted(await attempt([byA, byB], honest));
  });

  const copies: readonly (readonly [name: string, attachments: readonly Attachment[]])[] = [
    ['one signature in two manifests', [byA, { ...byA, digest: byB.digest }]],
    ['two signatures of one key', [byA, cosignSignature(IMAGE, a)]],
    ['one blob twice in one manifest', [{ ...byA, blobs: [...byA.blobs, ...byA.blobs] }]],
    ['a second one by a stranger', [byA, cosignSignature(IMAGE, c)]],
    ['a second one that says to be by the other key', [byA, withHint(envelopeOf(c, 2))]],
    ['an envelope with the same signature twice', [envelopeOf(a, 2)]],
  ];
  for (const [name, attachments] of copies) {
    it(`refused: ${name}`, async () => {
      assertRefused(await attempt(attachments, honest), NOT_ENOUGH);
    });
  }

  it('refused: two keys of one operator', async () => {
    const signers = {
      one: { operator: 'team', ...keySigner(a) },
      two: { operator: 'team', ...keySigner(b) },
      three: keySigner(c),
    };
    const require = [{ signature: { signers: ['one', 'two', 'three'], threshold: 2 } }];
    assertRefused(await attempt([byA, byB], signers, { require }), NOT_ENOUGH);
  });

  it('a configuration is refused: one key under the names of two operators', async () => {
    await assert.rejects(attempt([byA], sameKey), {
      code: 'TRUST_CONFIGURATION_INVALID',
      message: /expected one operator for a key or identity, found "release" and "security"/,
    });
  });

  it('refused: one identity that two patterns fit', async () => {
    const authority = newAuthority(NOW);
    const person = (subject: string, at: number): Attachment => {
      const issued = authority.issue({ subject, issuer: 'https://issuer.example', from: at - MINUTE });
      return keylessSignature(IMAGE, issued, authority.log, at);
    };
    const keyless = (subject: unknown): object => ({
      keyless: { root: 'own', issuer: 'https://issuer.example', subject },
    });
    const signers = {
      one: keyless('https://people.example/ann'),
      two: keyless({ matches: 'https://people\\.example/[a-z]+' }),
    };
    const roots = { own: authority.entry };
    const [ann, bob] = ['https://people.example/ann', 'https://people.example/bob'];
    const early = NOW - 60 * MINUTE;
    assertAccepted(await attempt([person(ann, early), person(bob, early)], signers, { roots }));
    const alone = await attempt([person(ann, early), person(ann, NOW - 5 * MINUTE)], signers, { roots });
    assertRefused(alone, NOT_ENOUGH);
    assertRefused(alone, /^SIGNER_COUNTED_ALREADY .*people\.example\/ann/);
  });

  it('refused: a signature on the index and one on the manifest, where both need two', async () => {
    const index = { ...IMAGE, kind: 'index' as const, digest: byB.digest, children: [IMAGE.digest], platform: null };
    const attachments = [byA, cosignSignature(index, b)];
    const subjects = [index, IMAGE];
    assertRefused(await attempt(attachments, honest, { subjects, platforms: 'both' }), NOT_ENOUGH);
  });

  const thresholds: readonly (readonly [name: string, threshold: number, operator?: string])[] = [
    ['none', 0],
    ['less than none', -1],
    ['one and a half', 1.5],
    ['more than there are signers', 3],
    ['more than there are operators', 2, 'team'],
  ];
  for (const [name, threshold, operator] of thresholds) {
    it(`a configuration is refused: ${name}`, async () => {
      const named = operator === undefined ? {} : { operator };
      const signers = { one: { ...named, ...keySigner(a) }, two: { ...named, ...keySigner(b) } };
      const require = [{ signature: { signers: ['one', 'two'], threshold } }];
      const rules = [{ name: 'rule', repositories: ['**'], platforms: 'either', require }];
      await assert.rejects(trusting({ signers, rules }), { code: 'TRUST_CONFIGURATION_INVALID', message: /threshold/ });
    });
  }

  it('a configuration is refused: a signer twice', async () => {
    const require = [{ signature: { signers: ['one', 'one'], threshold: 1 } }];
    const rules = [{ name: 'rule', repositories: ['**'], platforms: 'either', require }];
    await assert.rejects(trusting({ signers: honest, rules }), {
      code: 'TRUST_CONFIGURATION_INVALID',
      message: /expected every signer once, found "one" again/,
    });
  });
});

/** A signature as cosign 3 makes it, by the same key as many times over. */
function envelopeOf(key: typeof a, times: number): Attachment {
  const [, hex = ''] = IMAGE.digest.split(':');
  const predicateType = 'https://sigstore.dev/cosign/sign/v1';
  const subject = [{ name: 'app', digest: { sha256: hex } }];
  const statement = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} };
  const envelope = JSON.parse(dsseEnvelope(Buffer.from(JSON.stringify(statement)), key.privateKey).toString()) as {
    signatures: object[];
  };
  const signatures = Array.from({ length: times }, () => envelope.signatures[0]);
  return attachmentOf(IMAGE, {
    route: 'attestation-tag',
    artifactType: null,
    mediaType: 'application/vnd.dsse.envelope.v1+json',
    annotations: new Map(),
    content: Buffer.from(JSON.stringify({ ...envelope, signatures })),
  });
}

/** With the name of the second key beside every signature. */
function withHint(attachment: Attachment): Attachment {
  return {
    ...attachment,
    blobs: attachment.blobs.map((blob) => ({
      ...blob,
      content: Buffer.from(
        Buffer.from(blob.content ?? [])
          .toString()
          .replaceAll('"keyid":""', '"keyid":"two"'),
      ),
    })),
  };
}

describe('signatures of cosign 2', () => {
  it('refused: one of them as often as one likes', async () => {
    const real = signedByCosign('cosign2-key');
    const attachments = real.attachments.flatMap((attachment) => [attachment, attachment, attachment]);
    const both = {
      one: { key: { file: signerFile('p256'), transparency: 'none' } },
      two: { key: { file: signerFile('p256-second'), transparency: 'none' } },
    };
    assertRefused(await attempt(attachments, both, { subjects: real.subjects ?? [] }), NOT_ENOUGH);
    const two = signedByCosign('cosign2-two-keys');
    assertAccepted(await attempt(two.attachments, both, { subjects: two.subjects ?? [] }));
  });
});
