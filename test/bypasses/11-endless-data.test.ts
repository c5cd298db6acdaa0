import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base/limits.ts';
import type { Attachment, AttachmentBlob } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import {
  attachment,
  described,
  LISTING,
  registryOf,
  IMAGE as SERVED,
  type Served,
  served,
} from '../fixtures/evidence-registry.ts';
import { endless, startHostile } from '../fixtures/hostile-registry.ts';
import { cbor, certify, signJws } from '../fixtures/notary-signer.ts';
import { attachmentOf, cosignSignature, dsseEnvelope, testKey } from '../fixtures/signing.ts';
import {
  assertAccepted,
  assertRefused,
  IMAGE,
  type Judgement,
  judge,
  keySigner,
  MINUTE,
  NOW,
  signedByCosign,
} from './attack.ts';
import { keylessSignature, newAuthority } from './fulcio.ts';
import { withAnnotations } from './rekor.ts';
import { textOf, trustIn, verify } from './run.ts';

evidence('trust/bypass-11', 'self-made', 'attachments, signatures, subjects, nesting and lists without end');
evidence('trust/bypass-11', 'real tool', 'a signature of cosign 2 behind thousands of others');

const release = testKey();
const stranger = testKey();
const signers = { release: keySigner(release) };
const good = cosignSignature(IMAGE, release);
const bad = cosignSignature(IMAGE, stranger);
const [, hex = ''] = IMAGE.digest.split(':');

function repeat<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** What a judgement holds does not grow with what strangers attach, beyond the limits. */
function assertBounded({ evidence: shown, verification, problems }: Judgement): void {
  const rejected = shown.reduce((sum, each) => sum + each.rejected.length, 0);
  assert.ok(rejected <= LIMITS.signatureChecks + LIMITS.evidenceContents, `${rejected} refusals`);
  assert.ok(JSON.stringify({ verification, problems }).length < 8 * 1024 * 1024);
}

describe('evidence without end: CVE-2023-33957, CVE-2023-33958, CVE-2024-45395, CVE-2023-46737, CVE-2024-29902, CVE-2024-29903', () => {
  const many = { ...bad, blobs: repeat(LIMITS.evidenceContents + 500, () => bad.blobs[0]).filter(isBlob) };

  it('refused: more signatures in one manifest than are read, the right one behind them', async () => {
    const attachments = [{ ...many, blobs: [...many.blobs, ...good.blobs] }];
    const judgement = await judge({ attachments, signers });
    assertRefused(judgement, /^EVIDENCE_TOO_MUCH .*expected at most 1024 signatures and statements on one manifest/);
    assertBounded(judgement);
  });

  it('accepted: the right one in front of them', async () => {
    const attachments = [{ ...many, blobs: [...good.blobs, ...many.blobs] }];
    assertAccepted(await judge({ attachments, signers }));
  });

  it('bounded: thousands of manifests and many signers', async () => {
    const attachments = repeat(3000, (index) => ({
      ...bad,
      digest: `${bad.digest.slice(0, -4)}${String(index).padStart(4, '0')}` as Attachment['digest'],
    }));
    const all = Object.fromEntries(repeat(40, (index) => [`signer-${index}`, keySigner(testKey())]));
    const judgement = await judge({ attachments, signers: all });
    assertRefused(judgement, /^EVIDENCE_TOO_MUCH .*not looked at: expected at most 2048 /);
    assertBounded(judgement);
  });

  it('bounded: timestamps and log entries count as checks', async () => {
    const authority = newAuthority(NOW);
    const issued = authority.issue({ subject: 'https://a.example', issuer: 'https://i.example', from: NOW - MINUTE });
    const signature = keylessSignature(IMAGE, issued, authority.log, NOW);
    const token = Buffer.from('no token').toString('base64');
    const stamped = withAnnotations(signature, {
      'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp: token }),
    });
    const attachments = repeat(800, () => stamped);
    const keyless = { keyless: { root: 'own', issuer: 'https://i.example', subject: 'https://b.example' } };
    const judgement = await judge({ attachments, roots: { own: authority.entry }, signers: { keyless } });
    assertRefused(judgement, /^EVIDENCE_TOO_MUCH /);
  });

  const envelope = (more: object): Attachment => {
    const text = dsseEnvelope(Buffer.from('{}'), release.privateKey).toString();
    return attachmentWith(JSON.stringify({ ...(JSON.parse(text) as object), ...more }));
  };
  const statement = (more: object): Attachment => {
    const subject = [{ name: 'app', digest: { sha256: hex } }];
    const body = {
      _type: 'https://in-toto.io/Statement/v1',
      subject,
      predicateType: 'https://example.com/x',
      predicate: {},
      ...more,
    };
    return attachmentWith(dsseEnvelope(Buffer.from(JSON.stringify(body)), release.privateKey).toString());
  };
  const deep = (text: string): Attachment =>
    attachmentWith(dsseEnvelope(Buffer.from(text), release.privateKey).toString());
  const subjectOf = (index: number): object => ({ name: `${index}`, digest: { sha256: hex } });
  const sig = { keyid: '', sig: Buffer.alloc(70).toString('base64') };
  const attacks: readonly (readonly [name: string, attached: Attachment, fault: RegExp])[] = [
    [
      'signatures in one envelope',
      envelope({ signatures: repeat(10_000, () => sig) }),
      /^LIMIT_EXCEEDED .*16 signatures/,
    ],
    ['subjects (CVE-2024-45395)', statement({ subject: repeat(2000, subjectOf) }), /^LIMIT_EXCEEDED .*1024 subjects/],
    [
      'digests of one subject',
      statement({ subject: [{ digest: Object.fromEntries(repeat(100, (index) => [`x${index}`, 'aa'])) }] }),
      /^LIMIT_EXCEEDED .*32 digests/,
    ],
    [
      'a predicate type',
      statement({ predicateType: `https://example.com/${'x'.repeat(1 << 20)}` }),
      /^ENVELOPE_INVALID .*at most 1024 characters/,
    ],
    ['levels of a statement', deep(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`), /^JSON_TOO_DEEP /],
    ['levels of an envelope', attachmentWith('['.repeat(1_000_000)), /^JSON_TOO_DEEP /],
    [
      'levels of a bundle',
      attachmentWith('['.repeat(1_000_000), 'application/vnd.dev.sigstore.bundle.v0.3+json'),
      /^JSON_TOO_DEEP /,
    ],
    [
      'log entries of a bundle',
      attachmentWith(
        JSON.stringify({
          mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
          verificationMaterial: { publicKey: { hint: '' }, tlogEntries: repeat(5000, () => ({})) },
          dsseEnvelope: JSON.parse(dsseEnvelope(Buffer.from('{}'), release.privateKey).toString()) as object,
        }),
        'application/vnd.dev.sigstore.bundle.v0.3+json',
      ),
      /^LIMIT_EXCEEDED .*tlogEntries.*32 entries/,
    ],
    [
      'certificates in an annotation',
      withAnnotations(good, {
        'dev.sigstore.cosign/certificate': `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`.repeat(
          1000,
        ),
      }),
      /^(LIMIT_EXCEEDED|PEM_INVALID) /,
    ],
    [
      'certificates of a Notary signature',
      notary(jws({ x5c: repeat(5000, () => 'AAAA') }), 'application/jose+json'),
      /^(LIMIT_EXCEEDED|ENVELOPE_INVALID) .*certificates/,
    ],
    [
      'levels of CBOR',
      notary(Buffer.concat([Buffer.from([0xd2]), Buffer.alloc(500_000, 0x81)]), 'application/cose'),
      /^CBOR_INVALID /,
    ],
    [
      'a CBOR text of a length that is not there',
      notary(Buffer.from('d27b7fffffffffffffff', 'hex'), 'application/cose'),
      /^CBOR_INVALID /,
    ],
    [
      'a CBOR list of a length that is not there',
      notary(Buffer.from('d29b7fffffffffffffff', 'hex'), 'application/cose'),
      /^CBOR_INVALID /,
    ],
    [
      'CBOR without an end',
      notary(Buffer.concat([Buffer.from([0xd2, 0x9f]), Buffer.alloc(100_000, 0x9f)]), 'application/cose'),
      /^CBOR_INVALID /,
    ],
    [
      'an envelope of the Notary Project',
      notary(Buffer.alloc(LIMITS.signatureEnvelopeBytes + 1, 0x20), 'application/jose+json'),
      /^LIMIT_EXCEEDED /,
    ],
    [
      'levels of DER',
      withAnnotations(good, { 'dev.sigstore.cosign/certificate': pemOf(nested(12_000)) }),
      /^(DER_INVALID|CERTIFICATE_INVALID|SIGNATURE_INVALID|ENVELOPE_INVALID) /,
    ],
  ];
  for (const [name, attached, fault] of attacks) {
    it(`refused: ${name}`, async () => {
      const keyless = { keyless: { root: 'own', issuer: 'https://i.example', subject: 'https://b.example' } };
      const both = name === 'levels of DER' ? { keyless } : signers;
      const judgement = await judge({
        attachments: [attached],
        signers: both,
        roots: { own: newAuthority(NOW).entry },
      });
      assertRefused(judgement, fault);
      assertBounded(judgement);
    });
  }

  it('CBOR that is well-formed and not a signature is refused as well', async () => {
    assertRefused(
      await judge({ attachments: [notary(cbor('text'), 'application/cose')], signers }),
      /^(CBOR|ENVELOPE)_INVALID /,
    );
  });
});

describe('registries without end: CVE-2023-42813 to CVE-2023-42816, CVE-2025-66506, CVE-2025-66564', () => {
  const trust = trustIn(release);

  it('refused: 5,000 referrers, of which no more are read than the limit', async (context) => {
    const payload = served('application/vnd.example.payload', 'x');
    const [one] = [attachment([payload])];
    const listed = repeat(5000, (index) => ({
      ...described(one),
      digest: `sha256:${String(index).padStart(64, '0')}` as Served['digest'],
    }));
    const server = await startHostile(context, registryOf({ content: [one, payload], referrers: listed }));
    const report = await verify(context, `${server.host}/team/app`, { trust });
    assert.notEqual(report.verification?.outcome, 'accepted');
    assert.match(textOf(report), /LIMIT_EXCEEDED referrers .*expected at most 1024 entries, found 5000/);
    server.answer = registryOf({ content: [one, payload], referrers: listed.slice(0, 1000) });
    const fewer = await verify(context, `${server.host}/team/app`, { trust });
    assert.notEqual(fewer.verification?.outcome, 'accepted');
    assert.match(textOf(fewer), /REFERRERS_TOO_MANY .*expected at most 256 manifests, found 1000/);
    assert.ok(server.asked.length < LIMITS.attachments + 50, `${server.asked.length} questions`);
  });

  it('refused: a manifest of 5,000 parts', async (context) => {
    const parts = repeat(5000, (index) => served('application/vnd.dev.cosign.simplesigning.v1+json', `${index}`));
    const one = attachment(parts);
    const server = await startHostile(context, registryOf({ content: [one, ...parts], referrers: [one] }));
    const report = await verify(context, `${server.host}/team/app`, { trust });
    assert.notEqual(report.verification?.outcome, 'accepted');
    assert.match(textOf(report), /(ATTACHMENT_TOO_LARGE|MANIFEST_INVALID|LIMIT_EXCEEDED) .*(at most|expected)/);
    assert.ok(server.asked.length < LIMITS.attachmentBlobs + 50, `${server.asked.length} questions`);
  });

  it('refused: a part that says to be larger than any signature', async (context) => {
    const huge = { mediaType: 'application/vnd.dsse.envelope.v1+json', digest: SERVED.digest, size: 2 ** 40 };
    const one = attachment([huge]);
    const server = await startHostile(context, registryOf({ content: [one], referrers: [one] }));
    const report = await verify(context, `${server.host}/team/app`, { trust });
    assert.equal(report.verification?.outcome, 'refused');
    assert.match(textOf(report), /LIMIT_EXCEEDED .*16777216 bytes/);
    assert.ok(!server.asked.some(({ line }) => line.includes('/blobs/')));
  });

  it('refused: a list and a manifest that never end', async (context) => {
    for (const path of [LISTING, `manifests/${SERVED.digest.replace(':', '-')}.sig`]) {
      let sent = 0;
      const answer = registryOf({
        instead: {
          [path]: (_, response) => {
            response.writeHead(200);
            endless(response, (bytes) => {
              sent += bytes;
            });
          },
        },
      });
      const { host } = await startHostile(context, answer);
      const report = await verify(context, `${host}/team/app`, { trust });
      assert.equal(report.verification?.outcome, 'unknown');
      assert.match(textOf(report), /LIMIT_EXCEEDED .*4194304/);
      assert.ok(sent < 16 * LIMITS.manifestBytes, `${sent} bytes`);
    }
  });
});

function isBlob(blob: AttachmentBlob | undefined): blob is AttachmentBlob {
  return blob !== undefined;
}

function attachmentWith(text: string, mediaType = 'application/vnd.dsse.envelope.v1+json'): Attachment {
  return attachmentOf(IMAGE, {
    route: 'referrers',
    artifactType: mediaType,
    mediaType,
    annotations: new Map(),
    content: Buffer.from(text),
  });
}

function notary(content: Buffer, mediaType: string): Attachment {
  return attachmentOf(IMAGE, {
    route: 'referrers',
    artifactType: 'application/vnd.cncf.notary.signature',
    mediaType,
    annotations: new Map(),
    content,
  });
}

function jws(header: Readonly<Record<string, unknown>>): Buffer {
  const signer = certify({ name: 'root', kind: 'root', issuer: null });
  return Buffer.from(JSON.stringify(signJws({ signer, payload: '{}', header })));
}

function nested(levels: number): Buffer {
  let inner = Buffer.alloc(0);
  for (let level = 0; level < levels; level += 1) {
    const length =
      inner.length < 0x80
        ? Buffer.from([inner.length])
        : Buffer.from([0x83, inner.length >> 16, (inner.length >> 8) & 255, inner.length & 255]);
    inner = Buffer.concat([Buffer.from([0x30]), length, inner]);
  }
  return inner;
}

function pemOf(bytes: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${(bytes.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
}

describe('a signature of cosign 2', () => {
  it('refused: behind more than are looked at', async () => {
    const real = signedByCosign('cosign2-key');
    const [whole] = real.attachments;
    assert.ok(whole !== undefined);
    const many = repeat(LIMITS.evidenceContents, () => bad.blobs[0]).filter(isBlob);
    assertAccepted(await judge({ ...real, attachments: [{ ...whole, blobs: [...whole.blobs, ...many] }] }));
    assertRefused(
      await judge({ ...real, attachments: [{ ...whole, blobs: [...many, ...whole.blobs] }] }),
      /^EVIDENCE_TOO_MUCH /,
    );
  });
});
