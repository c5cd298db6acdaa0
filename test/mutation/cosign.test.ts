import { test } from 'node:test';
import { hashedRekord, partsOf, promised } from '../bypasses/rekor.ts';
import { evidence } from '../evidence.ts';
import { flipEveryByte } from '../fixtures/mutation/flips.ts';
import { ANY_MANIFEST, TYPE_OF_CONFIG, timestampFields } from '../fixtures/mutation/free-fields.ts';
import { layersOf } from '../fixtures/mutation/layers.ts';
import { fixtureSample, judgeBlobs, judgeManifest, sampleAround, trustDocument } from '../fixtures/mutation/sample.ts';
import { MADE, rootFile, signerFile } from '../fixtures/signed/index.ts';
import { cosignSignature, testKey, testSubject } from '../fixtures/signing.ts';

evidence(
  'trust/mutation',
  'real tool',
  'signatures and attestations of cosign, keyed and keyless, and of notation, every byte of them changed',
);

const TIMESTAMP = 'manifest » layers[0].annotations.dev.sigstore.cosign/rfc3161timestamp » SignedRFC3161Timestamp:';

test('a signature with a timestamp: every byte of manifest and payload, each in one of four ways', async (t) => {
  // The bound makes the timestamp needed: where it is not, whoever may write a manifest may also leave it away.
  const sample = await fixtureSample(
    'cosign2-timestamp',
    trustDocument({
      roots: { root: { timestampAuthorities: [rootFile('timestamp-authority')] } },
      signer: {
        key: { file: signerFile('p256'), root: 'root', transparency: 'none', validFrom: '2020-01-01T00:00:00Z' },
      },
      requirement: { signature: { signers: ['signer'] } },
    }),
  );
  await flipEveryByte(t, {
    layers: layersOf('manifest', sample.manifest),
    judge: (manifest) => judgeManifest(sample, manifest),
    ways: 1,
    mutations: 8000,
    free: [...ANY_MANIFEST, TYPE_OF_CONFIG, ...timestampFields(TIMESTAMP, { response: true, certificates: 'all' })],
  });
  await flipEveryByte(t, {
    layers: layersOf('payload', sample.blob),
    judge: await judgeBlobs(sample),
    ways: 1,
    mutations: 250,
    free: [],
  });
});

test('a signature with the promise of a log: every byte of the manifest, each in two of four ways', async (t) => {
  const subject = testSubject('image');
  const [key, log] = [testKey(), testKey()];
  const { signature, content } = partsOf(cosignSignature(subject, key));
  const entry = {
    body: hashedRekord(signature, content, key.pem),
    integratedTime: Math.floor(MADE / 1000),
    logIndex: 7,
  };
  const sample = await sampleAround(
    {
      subject,
      route: 'signature-tag',
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
      blob: Buffer.from(content),
      annotations: {
        'dev.cosignproject.cosign/signature': signature,
        'dev.sigstore.cosign/bundle': JSON.stringify(promised(log, entry)),
      },
    },
    trustDocument({
      roots: { root: { rekorKeys: [{ pem: log.pem }] } },
      signer: { key: { pem: key.pem, root: 'root', transparency: 'required' } },
      requirement: { signature: { signers: ['signer'] } },
    }),
    MADE + 60_000,
  );
  await flipEveryByte(t, {
    layers: layersOf('manifest', sample.manifest),
    judge: (manifest) => judgeManifest(sample, manifest),
    ways: 2,
    mutations: 7500,
    free: [
      ...ANY_MANIFEST,
      TYPE_OF_CONFIG,
      { field: /^manifest: subject name$/, why: 'the tag tells what it hangs on, and the payload what was signed' },
    ],
  });
});

test('an attestation: every byte of manifest and envelope, each in all four ways', async (t) => {
  const predicateType = 'https://slsa.dev/provenance/v1';
  const sample = await fixtureSample(
    'cosign2-attestations',
    trustDocument({
      signer: { key: { file: signerFile('p256'), transparency: 'none' } },
      requirement: { attestation: { predicateType, signers: ['signer'] } },
    }),
    predicateType,
  );
  await flipEveryByte(t, {
    layers: layersOf('manifest', sample.manifest),
    judge: (manifest) => judgeManifest(sample, manifest),
    ways: 4,
    mutations: 2000,
    free: [
      ...ANY_MANIFEST,
      TYPE_OF_CONFIG,
      { field: /^manifest: layers\[0\]\.annotations name$/, why: 'nothing of the annotations is needed' },
      { field: /^manifest: layers\[0\]\.annotations\.predicateType( name)?$/, why: 'the signed statement has its own' },
      { field: /^manifest: layers\[0\]\.annotations\.dev\.cosignproject\.cosign\/signature name$/, why: 'empty' },
    ],
  });
  await flipEveryByte(t, {
    layers: layersOf('envelope', sample.blob),
    judge: await judgeBlobs(sample),
    ways: 4,
    mutations: 7000,
    free: [{ field: /^envelope: signatures\[0\]\.keyid name$/, why: 'a hint as to which key, empty here' }],
  });
});
