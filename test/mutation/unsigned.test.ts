import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { evaluate } from '#lib/trust/index.ts';
import { evidence } from '../evidence.ts';
import { mutationsOf } from '../fixtures/mutation/flips.ts';
import { layersOf } from '../fixtures/mutation/layers.ts';
import {
  discover,
  fixtureSample,
  judgeBlobs,
  judgeManifest,
  type Sample,
  subjectOf,
  trustDocument,
  trusting,
} from '../fixtures/mutation/sample.ts';
import { signerFile } from '../fixtures/signed/index.ts';
import { data, missing } from '../prerequisites.ts';

evidence('trust/mutation', 'published', 'provenance of BuildKit, which nobody signed, every byte of it changed');

const ARCHIVE = 'spec/images/containerd-archives/busybox-single-arch-with-attestation-manifest.tar';
const IMAGE = 'cf7d823e4eea96316ae629fb9a45b4211869162a5f5dc1654928c7ca530ed810';
const MANIFEST = 'c39be7154f939a9bf312c255b98ef2b46c77a0f8944b58c104570fc3bc19abb6';

async function buildkitSample(): Promise<Sample> {
  const blob = (hex: string): Buffer => execFileSync('tar', ['-xOf', data(ARCHIVE), `blobs/sha256/${hex}`]);
  const manifest = blob(MANIFEST);
  const { layers } = JSON.parse(manifest.toString()) as { readonly layers: readonly { readonly digest: string }[] };
  const [layer, ...others] = layers;
  assert.ok(layer !== undefined && others.length === 0);
  return {
    subject: subjectOf(blob(IMAGE)),
    route: 'index-entry',
    manifest,
    blob: blob(layer.digest.slice('sha256:'.length)),
    configuration: await trusting(
      trustDocument({
        signer: { key: { file: signerFile('p256'), transparency: 'none' } },
        requirement: { attestation: { predicateType: 'https://slsa.dev/provenance/v0.2', signers: ['signer'] } },
      }),
    ),
    now: Date.parse('2026-08-21T00:00:00Z'),
  };
}

describe('attestations of BuildKit', { skip: missing('shared-data', 'gnu-tar') }, () => {
  test('every byte of manifest and statement, each in all four ways: never trusted', async (t) => {
    const sample = await buildkitSample();
    const { configuration, subject, now } = sample;
    const { evidence: found } = evaluate({
      configuration,
      repository: null,
      tag: null,
      subjects: [subject],
      discoveries: [await discover(sample, sample.manifest, sample.blob)],
      now,
    });
    assert.deepEqual(
      found.map(({ format, trusted, signed }) => ({ format, trusted, signed })),
      [{ format: 'buildkit-attestation', trusted: false, signed: false }],
    );
    const judgeBlob = await judgeBlobs(sample);
    let mutations = 0;
    for (const { document } of mutationsOf(layersOf('manifest', sample.manifest), 4)) {
      assert.equal(await judgeManifest(sample, document), null);
      mutations += 1;
    }
    for (const { document } of mutationsOf(layersOf('statement', sample.blob), 4)) {
      assert.equal(judgeBlob(document), null);
      mutations += 1;
    }
    t.diagnostic(`${mutations} mutations refused`);
    assert.ok(mutations >= 5500, `${mutations}`);
  });
});

describe('a blob with one byte changed, under the digest of the good one', () => {
  const samples = ['cosign2-timestamp', 'cosign3-keyless', 'notation-jws-timestamp', 'notation-cose-timestamp'];
  for (const id of samples) {
    test(`${id}: discovery keeps every one of them back`, async (t) => {
      const sample = await fixtureSample(id);
      let mutations = 0;
      for (const { document } of mutationsOf(layersOf('blob', sample.blob).slice(0, 1), 1)) {
        const { attachments, problems } = await discover(sample, sample.manifest, document);
        assert.deepEqual(
          problems.map(({ code }) => code),
          ['BLOB_DIGEST_MISMATCH'],
        );
        assert.ok(attachments.every(({ blobs }) => blobs.every(({ content }) => content === null)));
        mutations += 1;
      }
      t.diagnostic(`${mutations} mutations refused`);
      assert.equal(mutations, sample.blob.length);
    });
  }
});
