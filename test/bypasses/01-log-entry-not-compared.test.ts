import { sign } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Attachment } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { MADE, signerFile, TRUSTED_ROOT_FILE } from '../fixtures/signed/index.ts';
import { cosignSignature, testKey } from '../fixtures/signing.ts';
import { assertAccepted, assertRefused, IMAGE, judge, keySigner, NOW, signedByCosign } from './attack.ts';
import { hashedRekord, type Logged, partsOf, promised, withEntry } from './rekor.ts';

evidence('trust/bypass-01', 'self-made', 'signatures with log entries of other signatures, contents and keys');
evidence('trust/bypass-01', 'real tool', 'a bundle of cosign 3 with the log entry of another one');

const log = testKey();
const release = testKey();
const stranger = testKey();
const signature = cosignSignature(IMAGE, release);
const parts = partsOf(signature);
const SIGNED_AT = Math.floor(NOW / 1000) - 3600;
/** By the same key over the same content: ECDSA never gives the same signature twice. */
const again = sign('sha256', parts.content, release.privateKey);

function entry(body: object, more: Partial<Logged> = {}): Attachment {
  return withEntry(signature, promised(log, { body, integratedTime: SIGNED_AT, logIndex: 7, ...more }));
}

async function attempt(attachment: Attachment) {
  return await judge({
    attachments: [attachment],
    roots: { own: { rekorKeys: [{ pem: log.pem }] } },
    signers: { release: keySigner(release, { root: 'own', transparency: 'required' }) },
  });
}

const other = Buffer.from('another content');
const bodies: readonly (readonly [name: string, body: object, fault: RegExp])[] = [
  [
    'an entry about another signature (CVE-2022-23649)',
    hashedRekord(partsOf(cosignSignature(IMAGE, stranger)).signature, parts.content, release.pem),
    /^LOG_BODY_MISMATCH .*expected signature [0-9a-f]+.*found /,
  ],
  [
    'an entry about another signature of the same key over the same content (CVE-2026-22703)',
    hashedRekord(again.toString('base64'), parts.content, release.pem),
    /^LOG_BODY_MISMATCH .*expected signature [0-9a-f]+.*found /,
  ],
  [
    'an entry about other content (CVE-2022-36056)',
    hashedRekord(parts.signature, other, release.pem),
    /^LOG_BODY_MISMATCH .*expected content with sha256 /,
  ],
  [
    'an entry about another key (CVE-2024-51746)',
    hashedRekord(parts.signature, parts.content, stranger.pem),
    /^LOG_BODY_MISMATCH .*expected key with sha256 .*found key with sha256 /,
  ],
  [
    'an entry of a kind that says nothing of signatures',
    { apiVersion: '0.0.1', kind: 'helm', spec: {} },
    /^LOG_BODY_INVALID .*kind/,
  ],
  [
    'an entry of a version that is not known',
    { ...hashedRekord(parts.signature, parts.content, release.pem), apiVersion: '0.0.9' },
    /^LOG_BODY_INVALID .*0\.0\.9/,
  ],
  ['an entry that is empty', {}, /^LOG_BODY_INVALID /],
];

describe('log entry not compared with signature, content and key: CVE-2022-23649, CVE-2026-22703, CVE-2022-36056, CVE-2024-51746', () => {
  const honest = hashedRekord(parts.signature, parts.content, release.pem);

  it('its own entry is accepted', async () => {
    assertAccepted(await attempt(entry(honest)));
  });

  for (const [name, body, fault] of bodies) {
    it(`refused: ${name}`, async () => {
      assertRefused(await attempt(entry(body)), fault);
    });
  }

  it('refused: no entry at all', async () => {
    assertRefused(await attempt(signature), /^LOG_ENTRY_MISSING .*expected an entry in a log of the trust root/);
  });

  it('refused: the own entry, promised by a log that is not trusted', async () => {
    const bundle = promised(stranger, { body: honest, integratedTime: SIGNED_AT, logIndex: 7 });
    assertRefused(await attempt(withEntry(signature, bundle)), /^LOG_NOT_TRUSTED .*found log /);
  });

  it('refused: a promise for one entry beside the body of another', async () => {
    const foreign = promised(log, { body: bodies[0]?.[1] ?? {}, integratedTime: SIGNED_AT, logIndex: 7 });
    const own = promised(log, { body: honest, integratedTime: SIGNED_AT, logIndex: 7 });
    const bundle = { ...own, SignedEntryTimestamp: foreign['SignedEntryTimestamp'] };
    assertRefused(await attempt(withEntry(signature, bundle)), /^LOG_PROMISE_INVALID .*did not promise this entry/);
  });

  for (const member of ['integratedTime', 'logIndex'] as const) {
    it(`refused: a promise with another ${member}`, async () => {
      const bundle = promised(log, { body: honest, integratedTime: SIGNED_AT, logIndex: 7 });
      const payload = { ...(bundle['Payload'] as object), [member]: 1 };
      const changed = { ...bundle, Payload: payload };
      assertRefused(await attempt(withEntry(signature, changed)), /^LOG_PROMISE_INVALID /);
    });
  }
});

describe('bundles of cosign 3', () => {
  it('refused: the log entry of another bundle', async () => {
    const real = signedByCosign('cosign3-key-logged');
    const entriesOf = (id: string): unknown => materialOf(signedByCosign(id).attachments[0]).tlogEntries;
    const attemptWith = async (entries: unknown) =>
      await judge({
        ...real,
        attachments: real.attachments.map((attachment) => withEntries(attachment, entries)),
        roots: { own: { file: TRUSTED_ROOT_FILE } },
        signers: { release: { key: { file: signerFile('p256'), root: 'own', transparency: 'required' } } },
        now: MADE + 60_000,
      });
    assertAccepted(await attemptWith(entriesOf('cosign3-key-logged')));
    assertRefused(await attemptWith(entriesOf('cosign3-keyless')), /^LOG_BODY_MISMATCH /);
  });
});

interface BundleJson {
  readonly verificationMaterial: { readonly tlogEntries: unknown };
}

function bundleOf(attachment: Attachment | undefined): BundleJson {
  return JSON.parse(Buffer.from(attachment?.blobs[0]?.content ?? []).toString()) as BundleJson;
}

function materialOf(attachment: Attachment | undefined): BundleJson['verificationMaterial'] {
  return bundleOf(attachment).verificationMaterial;
}

function withEntries(attachment: Attachment, tlogEntries: unknown): Attachment {
  const bundle = bundleOf(attachment);
  const changed = { ...bundle, verificationMaterial: { ...bundle.verificationMaterial, tlogEntries } };
  return {
    ...attachment,
    blobs: attachment.blobs.map((blob) => ({ ...blob, content: Buffer.from(JSON.stringify(changed)) })),
  };
}
