import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { digestOf, hexOf } from '#base/digest.ts';
import { type FreeField, flipEveryByte } from '../fixtures/mutation/flips.ts';
import { ANY_MANIFEST, timestampFields } from '../fixtures/mutation/free-fields.ts';
import { layersOf } from '../fixtures/mutation/layers.ts';
import { fixtureSample, judgeBlobs, judgeManifest } from '../fixtures/mutation/sample.ts';

const THUMBPRINTS = 'io.cncf.notary.x509chain.thumbprint#S256';

const MANIFEST: readonly FreeField[] = [
  ...ANY_MANIFEST,
  { field: /^manifest: annotations\.org\.opencontainers\.image\.created( name)?$/, why: 'nobody signed it' },
];

/** The certificates of a JWS, also of one that is changed, for the annotation that names them. */
function jwsCertificates(envelope: Buffer): readonly Buffer[] {
  try {
    const { header } = JSON.parse(envelope.toString()) as { readonly header: { readonly x5c: readonly string[] } };
    return header.x5c.map((text) => Buffer.from(text, 'base64'));
  } catch {
    return [];
  }
}

function annotated(certificates: readonly Buffer[]): Readonly<Record<string, string>> {
  return { [THUMBPRINTS]: JSON.stringify(certificates.map((der) => hexOf(digestOf(der)))) };
}

/** Where the good envelope has its certificates, the changed one has them too: no byte is added. */
function sameCertificates(good: Buffer, certificates: readonly Buffer[]): (envelope: Buffer) => readonly Buffer[] {
  const places = certificates.map((der) => ({ start: good.indexOf(der), length: der.length }));
  assert.ok(places.length > 0 && places.every(({ start }) => start > 0));
  return (envelope) => places.map(({ start, length }) => envelope.subarray(start, start + length));
}

describe('signatures of notation with a timestamp', () => {
  for (const format of ['jws', 'cose']) {
    test(`${format}: every byte of the manifest, each in all four ways`, async (t) => {
      const sample = await fixtureSample(`notation-${format}-timestamp`);
      await flipEveryByte(t, {
        layers: layersOf('manifest', sample.manifest),
        judge: (manifest) => judgeManifest(sample, manifest),
        ways: 4,
        mutations: 4000,
        free: MANIFEST,
      });
    });
  }

  test('jws: every byte of the envelope and of all that is encoded in it, each in one of four ways', async (t) => {
    const sample = await fixtureSample('notation-jws-timestamp');
    await flipEveryByte(t, {
      layers: layersOf('jws', sample.blob, { base64url: ['payload', 'protected', 'signature'] }),
      judge: await judgeBlobs(sample, (envelope) => annotated(jwsCertificates(envelope))),
      ways: 1,
      mutations: 9000,
      free: [
        ...timestampFields('jws » header.io.cncf.notary.timestampSignature:', { response: false, certificates: 'all' }),
        { field: /^jws: header\.io\.cncf\.notary\.signingAgent( name)?$/, why: 'unsigned, for display' },
      ],
    });
  });

  test('cose: every byte of the envelope, each in one of four ways', async (t) => {
    const sample = await fixtureSample('notation-cose-timestamp');
    const chain = jwsCertificates((await fixtureSample('notation-jws-timestamp')).blob);
    const certificatesOf = sameCertificates(sample.blob, chain);
    await flipEveryByte(t, {
      layers: layersOf('cose', sample.blob),
      judge: await judgeBlobs(sample, (envelope) => annotated(certificatesOf(envelope))),
      ways: 1,
      mutations: 4000,
      free: [
        ...timestampFields('cose: [1].io.cncf.notary.timestampSignature »', { response: false, certificates: 'all' }),
        { field: /^cose: \[1\]\.io\.cncf\.notary\.signingAgent( name)?$/, why: 'unsigned, for display' },
      ],
    });
  });
});
