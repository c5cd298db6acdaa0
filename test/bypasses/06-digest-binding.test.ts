import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Attachment, EvidenceSubject } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import {
  described,
  json,
  LISTING,
  listOf,
  registryOf,
  IMAGE as SERVED,
  served,
} from '../fixtures/evidence-registry.ts';
import { refusal, startHostile } from '../fixtures/hostile-registry.ts';
import { attachedSignatures } from '../fixtures/notary-attachments.ts';
import { MEDIA_TYPES } from '../fixtures/oci-layout.ts';
import { MADE, rootFile, signedLayout } from '../fixtures/signed/index.ts';
import { cosignAttestation, cosignSignature, testKey, testSubject } from '../fixtures/signing.ts';
import { assertAccepted, assertRefused, IMAGE, judge, keySigner, MINUTE } from './attack.ts';
import { signatureOf, signatureTag, textOf, trustIn, verify } from './run.ts';

evidence(
  'trust/bypass-06',
  'self-made',
  'registries that answer every question with another manifest, signatures of other images',
);
evidence('trust/bypass-06', 'real tool', 'signatures of notation-go moved to other manifests');

const release = testKey();
const other = testSubject('another image');

/** The attachment as if it hung on another manifest. */
function movedTo(subject: EvidenceSubject, attachment: Attachment): Attachment {
  return { ...attachment, subject: subject.digest };
}

describe('signatures of other images: CVE-2023-33959, CVE-2022-47633, CVE-2023-47630', () => {
  const signers = { release: keySigner(release) };

  it('refused: a signature of another image', async () => {
    const attachments = [movedTo(IMAGE, cosignSignature(other, release))];
    const fault = new RegExp(`^SUBJECT_MISMATCH .*expected manifest ${IMAGE.digest}, found ${other.digest}`);
    assertRefused(await judge({ attachments, signers }), fault);
  });

  it('refused: an attestation of another image', async () => {
    const statement = { predicateType: 'https://example.com/x', predicate: {}, about: other };
    const attachments = [cosignAttestation(IMAGE, release, statement)];
    const require = [{ attestation: { predicateType: 'https://example.com/x', signers: ['release'] } }];
    assertRefused(await judge({ attachments, signers, require }), /^SUBJECT_MISMATCH .*about another image/);
  });

  const digests: readonly (readonly [name: string, digest: string])[] = [
    ['in upper case', IMAGE.digest.toUpperCase().replace('SHA256', 'sha256')],
    ['cut off', IMAGE.digest.slice(0, -1)],
    ['with more behind it', `${IMAGE.digest}0`],
    ['of an algorithm that nobody knows', IMAGE.digest.replace('sha256', 'sha257')],
    ['without its algorithm', IMAGE.digest.slice('sha256:'.length)],
    ['that is empty', ''],
  ];
  for (const [name, digest] of digests) {
    it(`refused: a digest ${name}`, async () => {
      const attachments = [cosignSignature(IMAGE, release, (usual) => usual.replace(IMAGE.digest, digest))];
      assertRefused(
        await judge({ attachments, signers }),
        /^(ENVELOPE_INVALID|SUBJECT_MISMATCH) .*(docker-manifest-digest|sha256)/,
      );
    });
  }

  it('refused: the digest anywhere but where it is signed', async () => {
    const payload = JSON.stringify({
      critical: {
        identity: { 'docker-reference': IMAGE.digest },
        image: { 'docker-manifest-digest': other.digest },
        type: 'cosign container image signature',
      },
      optional: { 'docker-manifest-digest': IMAGE.digest },
    });
    assertRefused(
      await judge({ attachments: [cosignSignature(IMAGE, release, () => payload)], signers }),
      /^SUBJECT_MISMATCH /,
    );
  });

  const notary = {
    notary: {
      x509: {
        stores: ['ca'],
        identities: '*',
        level: 'strict',
        override: { authenticTimestamp: 'log', revocation: 'skip' },
      },
    },
  };
  const stores = { ca: { type: 'ca', certificates: [rootFile('notary-p256')] } };
  const [sample] = attachedSignatures(signedLayout('notation-jws-p256'));
  assert.ok(sample !== undefined);
  const { attachment: attached, subject: honest } = sample;
  const wrong: readonly (readonly [name: string, subject: EvidenceSubject, fault: RegExp])[] = [
    ['another manifest (CVE-2023-33959)', IMAGE, /^SUBJECT_MISMATCH .*about another image/],
    [
      'another media type',
      { ...honest, mediaType: MEDIA_TYPES.index },
      /^SUBJECT_MISMATCH .*signed for another media type/,
    ],
    ['another size', { ...honest, size: honest.size + 1 }, /^SUBJECT_MISMATCH .*signed for another size/],
  ];
  it('the image of a Notary signature is accepted', async () => {
    assertAccepted(
      await judge({ attachments: [attached], subjects: [honest], signers: notary, stores, now: MADE + MINUTE }),
    );
  });
  for (const [name, subject, fault] of wrong) {
    it(`refused: a Notary signature of ${name}`, async () => {
      const attachments = [movedTo(subject, attached)];
      assertRefused(
        await judge({ attachments, subjects: [subject], signers: notary, stores, now: MADE + MINUTE }),
        fault,
      );
    });
  }
});

describe('registries that answer with other manifests: CVE-2022-47633, CVE-2023-47630', () => {
  const { blob, manifest } = signatureOf(SERVED, release);
  const honest = registryOf({ content: [blob, manifest], tags: { [signatureTag()]: manifest } });
  const evil = served(MEDIA_TYPES.manifest, {
    ...(JSON.parse(SERVED.bytes.toString()) as object),
    annotations: { evil: 'yes' },
  });
  const trust = trustIn(release);

  it('an honest one is believed', async (context) => {
    const { host } = await startHostile(context, honest);
    assert.equal((await verify(context, `${host}/team/app`, { trust })).verification?.outcome, 'accepted');
  });

  it('refused: other bytes under the digest that was asked for', async (context) => {
    const { host } = await startHostile(context, (request, response) => {
      if (request.url?.endsWith(`/manifests/${SERVED.digest}`) === true) {
        response
          .writeHead(200, { 'content-type': MEDIA_TYPES.manifest, 'docker-content-digest': SERVED.digest })
          .end(evil.bytes);
      } else {
        honest(request, response);
      }
    });
    const error = await refusal(
      verify(context, `${host}/team/app@${SERVED.digest}`, { trust }),
      'BLOB_DIGEST_MISMATCH',
    );
    assert.match(error.message, new RegExp(SERVED.digest));
  });

  it('refused: a header with another digest than the bytes have', async (context) => {
    const { host } = await startHostile(context, (request, response) => {
      if (request.url?.endsWith('/manifests/latest') === true) {
        response
          .writeHead(200, { 'content-type': MEDIA_TYPES.manifest, 'docker-content-digest': SERVED.digest })
          .end(evil.bytes);
      } else {
        honest(request, response);
      }
    });
    await assert.rejects(verify(context, `${host}/team/app`, { trust }), /digest/);
  });

  it('refused: every time another manifest, the signed one the second time', async (context) => {
    let asked = 0;
    const { host } = await startHostile(context, (request, response) => {
      if (request.url?.endsWith('/manifests/latest') === true) {
        asked += request.method === 'GET' ? 1 : 0;
        response.writeHead(200, { 'content-type': MEDIA_TYPES.manifest }).end(asked <= 1 ? evil.bytes : SERVED.bytes);
      } else if (request.url?.endsWith(`.sig`) === true) {
        response.writeHead(200, { 'content-type': MEDIA_TYPES.manifest }).end(manifest.bytes);
      } else {
        honest(request, response);
      }
    });
    const report = await verify(context, `${host}/team/app`, { trust });
    assert.deepEqual(
      report.image.subjects.map(({ digest }) => digest),
      [evil.digest],
    );
    assert.equal(report.verification?.outcome, 'refused');
    assert.match(
      textOf(report),
      new RegExp(`SUBJECT_MISMATCH .*expected manifest ${evil.digest}, found ${SERVED.digest}`),
    );
  });

  it('refused: the signature of another image under the tag of this one, and in its list', async (context) => {
    const foreign = signatureOf(evil, release);
    const contents = { content: [foreign.blob, foreign.manifest], tags: { [signatureTag()]: foreign.manifest } };
    const { host } = await startHostile(context, registryOf({ ...contents, referrers: [foreign.manifest] }));
    const report = await verify(context, `${host}/team/app`, { trust });
    assert.equal(report.verification?.outcome, 'refused');
    assert.match(textOf(report), /SUBJECT_MISMATCH .*about another image/);
  });

  it('refused: the payload under its digest with other bytes', async (context) => {
    const changed = Buffer.from(blob.bytes.toString().replace('"optional":null', '"optional":nu1l'));
    const { host } = await startHostile(context, (request, response) => {
      if (request.url?.endsWith(`/blobs/${blob.digest}`) === true) {
        response.writeHead(200, { 'docker-content-digest': blob.digest }).end(changed);
      } else {
        honest(request, response);
      }
    });
    const report = await verify(context, `${host}/team/app`, { trust });
    assert.equal(report.verification?.outcome, 'refused');
    assert.match(textOf(report), new RegExp(`BLOB_DIGEST_MISMATCH .*${blob.digest}`));
  });

  it('refused: a list whose descriptors say more than the manifests', async (context) => {
    const stray = served(MEDIA_TYPES.manifest, {
      ...(JSON.parse(manifest.bytes.toString()) as object),
      subject: { ...described(SERVED), digest: digestOf('x') },
    });
    const said = {
      ...described(stray),
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      subject: described(SERVED),
    };
    const list = { ...listOf([]), manifests: [said] };
    const { host } = await startHostile(
      context,
      registryOf({ content: [stray, blob], instead: { [LISTING]: (_, response) => json(response, list) } }),
    );
    const report = await verify(context, `${host}/team/app`, { trust });
    assert.equal(report.verification?.outcome, 'refused');
    assert.match(textOf(report), /SUBJECT_MISMATCH .*hangs on something else than it is listed under/);
  });
});
