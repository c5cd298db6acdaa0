import { describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Attachment, EvidenceSubject } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { certify, signJws } from '../fixtures/notary-signer.ts';
import { IDENTITIES, MADE, rootFile, SUBJECTS, signerFile, TRUSTED_ROOT_FILE } from '../fixtures/signed/index.ts';
import { signedAttachments } from '../fixtures/signed-attachments.ts';
import { attachmentOf, cosignSignature, testKey } from '../fixtures/signing.ts';
import { assertAccepted, assertRefused, IMAGE, judge, keySigner, MINUTE, NOW, signedBy } from './attack.ts';
import { keylessSignature, newAuthority, pem, time } from './fulcio.ts';
import { hashedRekord, partsOf, promised, withAnnotations, withEntry } from './rekor.ts';

evidence('trust/bypass-03', 'self-made', 'times that nobody vouches for, or somebody who may not');
evidence('trust/bypass-03', 'real tool', 'bundles of cosign 3 whose timestamp or log time was changed');

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ISSUER = 'https://issuer.example';
const SUBJECT = 'https://people.example/ann';
const SIGNED_AT = NOW - HOUR;
const keyless = { keyless: { root: 'own', issuer: ISSUER, subject: SUBJECT } };

function issuedBy(authority: ReturnType<typeof newAuthority>, from = SIGNED_AT - MINUTE) {
  return authority.issue({ subject: SUBJECT, issuer: ISSUER, from });
}

async function attempt(authority: ReturnType<typeof newAuthority>, attachment: Attachment) {
  return await judge({ attachments: [attachment], roots: { own: authority.entry }, signers: { ann: keyless } });
}

describe('keyless: a time that nobody vouches for (CVE-2026-48816, CVE-2026-24122)', () => {
  const authority = newAuthority(NOW);
  const { log } = authority;

  it('a signature logged while its certificate counted is accepted', async () => {
    assertAccepted(await attempt(authority, keylessSignature(IMAGE, issuedBy(authority), log, SIGNED_AT)));
  });

  it('refused: a log time that the log did not sign', async () => {
    const attachment = keylessSignature(IMAGE, issuedBy(authority), testKey(), SIGNED_AT);
    const bundle = bundleOf(attachment);
    const { logID } = bundleOf(keylessSignature(IMAGE, issuedBy(authority), log, SIGNED_AT)).Payload;
    const forged = { ...bundle, Payload: { ...bundle.Payload, logID } };
    assertRefused(await attempt(authority, withEntry(attachment, forged)), /^LOG_PROMISE_INVALID /);
  });

  it('refused: no log entry and no timestamp, while the certificate counts still', async () => {
    const issued = issuedBy(authority, NOW - MINUTE);
    const bare = withAnnotations(cosignSignature(IMAGE, issued), {
      'dev.sigstore.cosign/certificate': issued.certificate,
    });
    assertRefused(await attempt(authority, bare), /^TIME_UNVERIFIED .*expected a timestamp, or a log entry/);
  });

  const times: readonly (readonly [name: string, at: number, fault: RegExp])[] = [
    ['logged before its certificate counted', SIGNED_AT - DAY, /^CERTIFICATE_OUTSIDE_VALIDITY /],
    ['logged after its certificate counted', SIGNED_AT + DAY / 48, /^CERTIFICATE_OUTSIDE_VALIDITY /],
    ['logged in the future', NOW + HOUR, /^LOG_TIME_INVALID .*from the future/],
    ['logged at the beginning of time', 0, /^CERTIFICATE_OUTSIDE_VALIDITY /],
  ];
  for (const [name, at, fault] of times) {
    it(`refused: ${name}`, async () => {
      assertRefused(await attempt(authority, keylessSignature(IMAGE, issuedBy(authority), log, at)), fault);
    });
  }

  it('refused: an authority that had expired when it issued', async () => {
    const expired = newAuthority(NOW, { notAfter: time(SIGNED_AT - DAY) });
    const attachment = keylessSignature(IMAGE, issuedBy(expired), expired.log, SIGNED_AT);
    assertRefused(await attempt(expired, attachment), /^CERTIFICATE_OUTSIDE_VALIDITY /);
  });

  it('refused: an authority that did not yet exist', async () => {
    const unborn = newAuthority(NOW, { notBefore: time(SIGNED_AT + MINUTE) });
    const attachment = keylessSignature(IMAGE, issuedBy(unborn), unborn.log, SIGNED_AT);
    assertRefused(await attempt(unborn, attachment), /^CERTIFICATE_OUTSIDE_VALIDITY /);
  });
});

describe('keys that counted for a while (CVE-2026-54787)', () => {
  const [release, log] = [testKey(), testKey()];
  const signature = cosignSignature(IMAGE, release);
  const parts = partsOf(signature);
  const entryAt = (at: number): Attachment => {
    const body = hashedRekord(parts.signature, parts.content, release.pem);
    return withEntry(signature, promised(log, { body, integratedTime: Math.floor(at / 1000), logIndex: 1 }));
  };
  const bounds: readonly (readonly [name: string, bound: object, good: number, bad: number])[] = [
    ['validUntil', { validUntil: iso(NOW - HOUR) }, NOW - 2 * HOUR, NOW - HOUR],
    ['revokedAt', { revokedAt: iso(NOW - HOUR) }, NOW - 2 * HOUR, NOW - HOUR],
    ['validFrom', { validFrom: iso(NOW - HOUR) }, NOW - HOUR, NOW - 2 * HOUR],
  ];
  for (const [name, bound, good, bad] of bounds) {
    const attemptAt = async (attachment: Attachment) =>
      await judge({
        attachments: [attachment],
        roots: { own: { rekorKeys: [{ pem: log.pem }] } },
        signers: { release: keySigner(release, { root: 'own', ...bound }) },
      });
    it(`${name}: a time within is accepted, one outside and none are refused`, async () => {
      assertAccepted(await attemptAt(entryAt(good)));
      assertRefused(await attemptAt(entryAt(bad)), /^KEY_OUTSIDE_VALIDITY .*expected .*found /);
      assertRefused(await attemptAt(signature), /^TIME_UNVERIFIED .*nobody to say when it signed/);
    });
    it(`${name}: refused: a time by a log that is not trusted`, async () => {
      const body = hashedRekord(parts.signature, parts.content, release.pem);
      const foreign = promised(testKey(), { body, integratedTime: Math.floor(good / 1000), logIndex: 1 });
      assertRefused(await attemptAt(withEntry(signature, foreign)), /^TIME_UNVERIFIED /);
    });
  }
});

describe('bundles of cosign 3 with their times changed', () => {
  const [attached] = signedAttachments('cosign3-keyless');
  const subject: EvidenceSubject = {
    ...IMAGE,
    digest: SUBJECTS.amd64,
    size: attached?.declaredSubject?.size ?? 0,
    platform: null,
  };
  const attemptWith = async (change: (material: Material) => void) => {
    const blobs = (attached?.blobs ?? []).map((blob) => {
      const bundle = JSON.parse(Buffer.from(blob.content ?? []).toString()) as { verificationMaterial: Material };
      change(bundle.verificationMaterial);
      const content = Buffer.from(JSON.stringify(bundle));
      return { ...blob, content, digest: digestOf(content), size: content.length };
    });
    return await judge({
      attachments: attached === undefined ? [] : [{ ...attached, blobs }],
      subjects: [subject],
      roots: { own: { file: TRUSTED_ROOT_FILE } },
      signers: { person: { keyless: { root: 'own', ...IDENTITIES.person } } },
      now: MADE + 10 * MINUTE,
    });
  };

  it('as it is it is accepted', async () => {
    assertAccepted(await attemptWith(() => undefined));
  });

  it('refused: without its timestamp, with a time that nobody signed', async () => {
    const change = (material: Material): void => {
      delete material['timestampVerificationData'];
      for (const entry of material.tlogEntries) {
        entry['integratedTime'] = String(Math.floor(MADE / 1000));
      }
    };
    assertRefused(await attemptWith(change), /^TIME_UNVERIFIED /);
  });

  it('refused: with the timestamp of another signature', async () => {
    const [other] = signedAttachments('cosign3-keyless-workflow');
    const foreign = JSON.parse(Buffer.from(other?.blobs[0]?.content ?? []).toString()) as {
      verificationMaterial: Material;
    };
    const change = (material: Material): void => {
      material['timestampVerificationData'] = foreign.verificationMaterial['timestampVerificationData'];
    };
    assertRefused(await attemptWith(change), /^TIMESTAMP_INVALID .*expected a timestamp of sha256 /);
  });

  it('refused: a timestamp by an authority that is not trusted (CVE-2026-39984)', async () => {
    const release = signerFile('p256');
    const [stamped] = signedAttachments('cosign3-timestamp');
    const judgement = await judge({
      attachments: stamped === undefined ? [] : [stamped],
      subjects: [{ ...subject, size: stamped?.declaredSubject?.size ?? 0 }],
      // A certificate of a code signer in the place of the timestamp authority's.
      roots: { own: { timestampAuthorities: [rootFile('code-signing')] } },
      signers: { release: { key: { file: release, root: 'own', transparency: 'none', validFrom: iso(MADE - DAY) } } },
      now: MADE + 10 * MINUTE,
    });
    assertRefused(judgement, /^CHAIN_INVALID |^TIMESTAMP_INVALID /);
    const trusted = await judge({
      attachments: stamped === undefined ? [] : [stamped],
      subjects: [{ ...subject, size: stamped?.declaredSubject?.size ?? 0 }],
      roots: { own: { timestampAuthorities: [rootFile('timestamp-authority').replace('-root', '')] } },
      signers: { release: { key: { file: release, root: 'own', transparency: 'none', validFrom: iso(MADE - DAY) } } },
      now: MADE + 10 * MINUTE,
    });
    assertAccepted(trusted);
  });
});

describe('the Notary Project: the time that a signer claims', () => {
  const root = certify({ name: 'root', kind: 'root', issuer: null });
  const payload = JSON.stringify({
    targetArtifact: { mediaType: IMAGE.mediaType, digest: IMAGE.digest, size: IMAGE.size },
  });
  const stores = { ca: { type: 'ca', certificates: [{ pem: pem('CERTIFICATE', root.certificate) }] } };
  const attempt = async (leaf: ReturnType<typeof certify>, protectedHeader: Readonly<Record<string, unknown>> = {}) => {
    const content = Buffer.from(JSON.stringify(signJws({ signer: leaf, payload, protectedHeader })));
    const attachment = attachmentOf(IMAGE, {
      route: 'referrers',
      artifactType: 'application/vnd.cncf.notary.signature',
      mediaType: 'application/jose+json',
      annotations: new Map(),
      content,
    });
    const thumbprints = leaf.chain.map((der) => digestOf(der).slice('sha256:'.length));
    const annotations = new Map([['io.cncf.notary.x509chain.thumbprint#S256', JSON.stringify(thumbprints)]]);
    return await judge({
      attachments: [{ ...attachment, annotations }],
      stores,
      signers: {
        notary: { x509: { stores: ['ca'], identities: '*', level: 'strict', override: { revocation: 'skip' } } },
      },
      require: [signedBy('notary')],
    });
  };

  it('a certificate that counts now is accepted', async () => {
    assertAccepted(await attempt(certify({ name: 'leaf', kind: 'leaf', issuer: root })));
  });

  it('refused: an expired certificate and a signing time when it counted, which its holder alone says', async () => {
    const leaf = certify({ name: 'leaf', kind: 'leaf', issuer: root, notAfter: '20250101000000Z' });
    const header = { 'io.cncf.notary.signingTime': '2024-05-06T07:08:09Z' };
    assertRefused(await attempt(leaf, header), /^(CERTIFICATE_OUTSIDE_VALIDITY|TIME_UNVERIFIED) /);
  });

  it('refused: the time of an authority, by a signer who is none', async () => {
    const leaf = certify({ name: 'leaf', kind: 'leaf', issuer: root });
    const header = {
      crit: ['io.cncf.notary.signingScheme', 'io.cncf.notary.authenticSigningTime'],
      'io.cncf.notary.signingScheme': 'notary.x509.signingAuthority',
      'io.cncf.notary.authenticSigningTime': '2024-05-06T07:08:09Z',
      'io.cncf.notary.signingTime': undefined,
    };
    assertRefused(await attempt(leaf, header), /^SIGNER_UNTRUSTED .*trust stores of type signingAuthority/);
  });

  it('refused: a signature that its signer let end', async () => {
    const leaf = certify({ name: 'leaf', kind: 'leaf', issuer: root });
    const header = {
      crit: ['io.cncf.notary.signingScheme', 'io.cncf.notary.expiry'],
      'io.cncf.notary.expiry': '2025-01-01T00:00:00Z',
    };
    assertRefused(await attempt(leaf, header), /^SIGNATURE_EXPIRED /);
  });
});

interface Material extends Record<string, unknown> {
  readonly tlogEntries: readonly Record<string, unknown>[];
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** Cosign's annotation with an entry of the log. */
function bundleOf({ blobs }: Attachment): { readonly Payload: { readonly logID: string } } {
  const text = blobs[0]?.annotations.get('dev.sigstore.cosign/bundle') ?? '';
  return JSON.parse(text) as { readonly Payload: { readonly logID: string } };
}
