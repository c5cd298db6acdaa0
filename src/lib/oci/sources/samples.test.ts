import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { createDigester, type Digest } from '#base/digest.ts';
import { decompress } from '#lib/layers/index.ts';
import type { Image, ImageSourceKind, Layer } from '#model/image.ts';
import { formatPlatform } from '#model/platform.ts';
import { evidence } from '#test/evidence.ts';
import { openOneForTest } from '#test/fixtures/open-images.ts';
import { data, missing } from '#test/prerequisites.ts';

evidence('images/oci-archive', 'published', 'image archives of snyk-docker-plugin with published digests');
evidence('images/docker-archive', 'published', 'image archives of snyk-docker-plugin with published digests');

const IMAGES = data('spec/images');

interface Sample {
  readonly source: ImageSourceKind;
  readonly platform: string;
  readonly layers: number;
  /** Archives whose makers changed or removed content by hand: what refuses them, and what then is reported. */
  readonly doctored?: { readonly open: string | null; readonly because: readonly RegExp[] };
}

/** Every archive of the folder. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  'containerd-archives/busybox-single-arch-with-attestation-manifest.tar': {
    source: 'oci-archive',
    platform: 'linux/arm64',
    layers: 1,
  },
  'containerd-archives/busybox.armv7.tar': { source: 'oci-archive', platform: 'linux/arm/v7', layers: 1 },
  'docker-archives/docker-save/3-level-jar.tar': { source: 'docker-archive', platform: 'linux/amd64', layers: 1 },
  'docker-archives/docker-save/hello-world.tar': { source: 'oci-archive', platform: 'linux/amd64', layers: 1 },
  'docker-archives/docker-save/java-windows.tar': {
    source: 'docker-archive',
    platform: 'linux/amd64',
    layers: 1,
    // layer.tar was replaced.
    doctored: { open: null, because: [/^layer 0: .*9c27e219.*74b88fab/] },
  },
  'docker-archives/docker-save/nginx-os-release-link.tar': {
    source: 'docker-archive',
    platform: 'linux/amd64',
    layers: 1,
    // Two of the three layers were taken out.
    doctored: { open: 'LAYER_COUNT_MISMATCH', because: [/expected 3, .*found 1/] },
  },
  'docker-archives/docker-save/nginx.tar': {
    source: 'docker-archive',
    platform: 'linux/amd64',
    layers: 1,
    doctored: { open: 'LAYER_COUNT_MISMATCH', because: [/expected 3, .*found 1/] },
  },
  'docker-archives/docker-save/openjdk.tar': { source: 'docker-archive', platform: 'linux/amd64', layers: 1 },
  'docker-archives/skopeo-copy/centos-6.tar': {
    source: 'docker-archive',
    platform: 'linux/amd64',
    layers: 1,
    // The layer was replaced by a gzip of other content.
    doctored: { open: null, because: [/^layer 0: .*af6bf198.*aced3c57/] },
  },
  'docker-archives/skopeo-copy/nodes-fake-multi.tar': { source: 'docker-archive', platform: 'linux/amd64', layers: 2 },
  'docker-archives/skopeo-copy/nodes-fake.tar': { source: 'docker-archive', platform: 'linux/amd64', layers: 1 },
  'kaniko-archives/kaniko-busybox.tar': { source: 'docker-archive', platform: 'linux/amd64', layers: 1 },
  'npm/npm-without-lockfiles/npm7-with-package-lock-file.tar': {
    source: 'oci-archive',
    platform: 'linux/amd64',
    layers: 4,
  },
  'oci-archives/busybox-1.31.1.tar': { source: 'oci-archive', platform: 'linux/amd64', layers: 1 },
  'oci-archives/nginx.tar': {
    source: 'oci-archive',
    platform: 'linux/amd64',
    layers: 4,
    // A layer was taken out of the manifest and two were replaced.
    doctored: {
      open: 'BLOB_DIGEST_MISMATCH',
      because: [
        /expected sha256:e26d6150.* of 971 bytes, found sha256:01799edb.* of 812 bytes/,
        /expected 5, .*found 4/,
        /dd3ac810.*expected 26210578 bytes, found 14336 bytes/,
        /8de28bdd.*expected 538 bytes, found 382 bytes/,
        /^layer 0: .*dd3ac810.*0a695de4/,
        /^layer 1: .*8de28bdd.*6ffe7eeb/,
      ],
    },
  },
  'oci-archives/oci-with-manifest.tar': {
    source: 'oci-archive',
    platform: 'linux/amd64',
    layers: 4,
    // One layer was replaced, three were taken out.
    doctored: {
      open: 'BLOB_SIZE_MISMATCH',
      because: [
        /23884877.*expected 26689802 bytes, found 509 bytes/,
        /bc38caa0.*not in the source/,
        /2910811b.*not in the source/,
        /36505266.*not in the source/,
        /^layer 0: .*23884877.*f45dd257/,
      ],
    },
  },
  'pnpm/pnpmlockv9.tar': { source: 'oci-archive', platform: 'linux/arm64', layers: 3 },
};

interface Expected {
  readonly imageId: string;
  readonly diffIds: readonly string[];
  readonly platform: string;
}

const skip = missing('shared-data');

test('the table of samples is the folder', { skip }, () => {
  const found = globSync('**/*.tar', { cwd: IMAGES }).toSorted();
  assert.deepEqual(found, [...Object.keys(SAMPLES), 'docker-oci-archives/unsupported-image.tar'].toSorted());
  assert.equal(found.length, 18);
});

for (const [name, sample] of Object.entries(SAMPLES)) {
  const { doctored } = sample;
  test(`${name} ${doctored === undefined ? 'opens and verifies' : 'does not verify'}`, { skip }, async (context) => {
    if (doctored !== undefined && doctored.open !== null) {
      await assert.rejects(openOneForTest(context, `${IMAGES}/${name}`), { code: doctored.open });
    }
    const integrity = doctored === undefined || doctored.open === null ? 'require' : 'report';
    const image = await openOneForTest(context, `${IMAGES}/${name}`, { integrity });
    assert.equal(image.source, sample.source);
    assert.equal(image.reference, `${sample.source}:${IMAGES}/${name}`);
    assert.equal(image.platform === null ? null : formatPlatform(image.platform), sample.platform);
    assert.equal(image.layers.length, sample.layers);
    assertPublished(image, name);
    const problems = [...image.problems.map(({ reason }) => reason), ...(await mismatches(image))];
    assert.equal(problems.length, doctored?.because.length ?? 0, problems.join('\n'));
    for (const pattern of doctored?.because ?? []) {
      assert.ok(
        problems.some((problem) => pattern.test(problem)),
        `${String(pattern)} in:\n${problems.join('\n')}`,
      );
    }
  });
}

test('an archive that holds no image is refused, however it is named', { skip }, async (context: TestContext) => {
  const path = `${IMAGES}/docker-oci-archives/unsupported-image.tar`;
  for (const reference of [path, `oci-archive:${path}`, `docker-archive:${path}`]) {
    await assert.rejects(openOneForTest(context, reference), { code: 'NOT_AN_IMAGE' }, reference);
  }
});

test('the same archive says the same read as OCI archive and as docker-archive', { skip }, async (context) => {
  for (const name of ['docker-archives/docker-save/hello-world.tar', 'containerd-archives/busybox.armv7.tar']) {
    const oci = await openOneForTest(context, `oci-archive:${IMAGES}/${name}`);
    const docker = await openOneForTest(context, `docker-archive:${IMAGES}/${name}`);
    assert.deepEqual(
      [docker.configDigest, docker.platform, docker.config, docker.layers.map(diffIdOf)],
      [oci.configDigest, oci.platform, oci.config, oci.layers.map(diffIdOf)],
    );
  }
});

function assertPublished(image: Image, name: string): void {
  const { images } = JSON.parse(readFileSync(`${IMAGES}/expected.json`, 'utf8')) as {
    readonly images: Readonly<Record<string, { readonly image?: Expected }>>;
  };
  const expected = images[name]?.image;
  if (expected !== undefined) {
    assert.equal(image.configDigest, expected.imageId);
    assert.deepEqual(image.config?.diffIds, expected.diffIds);
    assert.equal(image.platform === null ? null : formatPlatform(image.platform), expected.platform);
  }
}

/** What an independent look at the layers finds: the digest of each as stored and unpacked. */
async function mismatches(image: Image): Promise<readonly string[]> {
  const found: string[] = [];
  for (const layer of image.layers) {
    if (layer.content.kind !== 'tar') {
      continue;
    }
    const stored = await digestOfStream(layer.content.open());
    // A layer that is not even stored as promised needs no second complaint.
    const actual =
      layer.digest !== null && layer.digest !== stored
        ? { promised: layer.digest, is: stored }
        : { promised: layer.diffId, is: await diffIdByReading(layer) };
    if (actual.promised !== null && actual.promised !== actual.is) {
      found.push(`layer ${layer.index}: ${actual.promised} is ${actual.is}`);
    }
  }
  return found;
}

async function diffIdByReading(layer: Layer): Promise<Digest | null> {
  const object = `layer ${layer.index}`;
  return layer.content.kind === 'tar' ? await digestOfStream(decompress(layer.content.open(), { object })) : null;
}

async function digestOfStream(stream: AsyncIterable<Uint8Array>): Promise<Digest> {
  const digester = createDigester();
  for await (const chunk of stream) {
    digester.update(chunk);
  }
  return digester.digest();
}

function diffIdOf(layer: Layer): Digest | null {
  return layer.diffId;
}
