import { describe, test } from 'node:test';
import { type FreeField, flipEveryByte } from '../fixtures/mutation/flips.ts';
import { ANY_MANIFEST, TYPE_OF_CONFIG, timestampFields } from '../fixtures/mutation/free-fields.ts';
import { layersOf } from '../fixtures/mutation/layers.ts';
import { fixtureSample, judgeBlobs, judgeManifest } from '../fixtures/mutation/sample.ts';

const TIMESTAMP = 'bundle » verificationMaterial.timestampVerificationData.rfc3161Timestamps[0].signedTimestamp:';

/** Cosign's manifests of bundles say nothing that counts but in the layer's digest and the subject. */
const MANIFEST: readonly FreeField[] = [
  ...ANY_MANIFEST,
  TYPE_OF_CONFIG,
  { field: /^manifest: config\.artifactType( name)?$/, why: 'nothing that a descriptor has' },
  { field: /^manifest: layers\[0\]\.mediaType$/, why: 'the version at its end: the bundle has its own' },
  { field: /^manifest: artifactType( name)?$/, why: 'the layer tells what it is' },
  { field: /^manifest: annotations name$/, why: 'nothing of the annotations is needed' },
  { field: /^manifest: annotations\.org\.opencontainers\.image\.created( name)?$/, why: 'nobody signed it' },
  { field: /^manifest: annotations\.dev\.sigstore\.bundle\.content( name)?$/, why: 'the bundle tells by its members' },
  { field: /^manifest: annotations\.dev\.sigstore\.bundle\.predicateType( name)?$/, why: 'the statement has its own' },
];

const SAMPLES: readonly { id: string; what: string; mutations: number; free: readonly FreeField[] }[] = [
  {
    id: 'cosign3-key-logged',
    what: 'by a key',
    mutations: 4700,
    free: [{ field: /^bundle » verificationMaterial\.publicKey\.hint: octets$/, why: 'a hint as to which key' }],
  },
  {
    id: 'cosign3-keyless',
    what: 'by an identity',
    mutations: 9500,
    free: [
      {
        field: /^bundle: verificationMaterial\.tlogEntries\[0\]\.logIndex$/,
        why: 'Rekor 2 promises no index: the one that is shown is that of the proof',
        rare: true,
      },
    ],
  },
];

describe('bundles of cosign with a timestamp and an entry of Rekor 2', () => {
  for (const { id, what, mutations, free } of SAMPLES) {
    test(`${what}: every byte of the manifest, each in all four ways`, async (t) => {
      const sample = await fixtureSample(id);
      await flipEveryByte(t, {
        layers: layersOf('manifest', sample.manifest),
        judge: (manifest) => judgeManifest(sample, manifest),
        ways: 4,
        mutations: 3500,
        free: MANIFEST,
      });
    });

    test(`${what}: every byte of the bundle and of all that is encoded in it, each in one of four ways`, async (t) => {
      const sample = await fixtureSample(id);
      await flipEveryByte(t, {
        layers: layersOf('bundle', sample.blob),
        judge: await judgeBlobs(sample),
        ways: 1,
        mutations,
        free: [...timestampFields(TIMESTAMP, { response: true, certificates: 'empty' }), ...free],
      });
    });
  }
});
