import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOf, hexOf } from '#base/digest.ts';
import { evidence } from '#test/evidence.ts';
import {
  type BlobDescriptor,
  type ImageInput,
  MEDIA_TYPES,
  type WrittenLayout,
  writeDocument,
  writeLayoutIndex,
  writeOciLayout,
} from '#test/fixtures/oci-layout.ts';
import { openForTest, openOneForTest, temporaryFolder } from '#test/fixtures/open-images.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';

evidence('images/platforms', 'self-made', 'layouts with nested, sparse and flat indexes');

const ARM64 = { os: 'linux', architecture: 'arm64' };

function image(architecture: string, variant?: string): ImageInput {
  const tar = tarOf([{ name: 'etc/machine', content: `${architecture}${variant ?? ''}` }]);
  return { layers: [{ tar }], platform: { os: 'linux', architecture, ...(variant === undefined ? {} : { variant }) } };
}

async function twoPlatforms(
  context: TestContext,
): Promise<{ readonly folder: string; readonly written: WrittenLayout }> {
  const folder = temporaryFolder(context);
  return {
    folder,
    written: await writeOciLayout(folder, { images: [image('arm64', 'v8'), image('amd64')], tag: 'v1' }),
  };
}

test('the platform is the one asked for, else that of the host', async (context) => {
  const { folder, written } = await twoPlatforms(context);
  const [arm, amd] = written.images;
  const cases = [
    [{}, amd],
    [{ host: { os: 'darwin', architecture: 'arm64' } }, arm],
    [{ platform: ARM64 }, arm],
    [{ platform: { ...ARM64, variant: 'v8' } }, arm],
    [{ platform: { os: 'linux', architecture: 'amd64' } }, amd],
  ] as const;
  for (const [options, expected] of cases) {
    const opened = await openOneForTest(context, `oci:${folder}`, options);
    assert.equal(opened.digest, expected?.manifest.digest);
    assert.deepEqual(opened.index, {
      digest: written.index?.digest,
      platforms: [ARM64, { os: 'linux', architecture: 'amd64' }],
    });
  }
  const all = await openForTest(context, `oci:${folder}`, { platform: 'all' });
  assert.deepEqual(
    all.map(({ digest }) => digest),
    written.images.map(({ manifest }) => manifest.digest),
  );
});

test('a platform that is not there is an error that lists what is', async (context) => {
  const { folder } = await twoPlatforms(context);
  for (const options of [
    { platform: { os: 'linux', architecture: 's390x' } },
    { host: { os: 'linux', architecture: 's390x' } },
  ]) {
    await assert.rejects(openOneForTest(context, `oci:${folder}`, options), {
      code: 'PLATFORM_NOT_FOUND',
      message: /expected linux\/s390x, found linux\/arm64, linux\/amd64/,
    });
  }
});

test('what an index names and the layout does not hold is no candidate', async (context) => {
  const { folder, written } = await twoPlatforms(context);
  rmSync(join(folder, 'blobs/sha256', hexOf(written.images[1]?.manifest.digest ?? digestOf(''))));
  const opened = await openOneForTest(context, `oci:${folder}`);
  assert.deepEqual(opened.platform, ARM64);
  assert.deepEqual(opened.index?.platforms, [ARM64]);
  const amd64 = { os: 'linux', architecture: 'amd64' };
  await assert.rejects(openOneForTest(context, `oci:${folder}`, { platform: amd64 }), {
    code: 'PLATFORM_NOT_FOUND',
    message: /found linux\/arm64 \(named by the index, but not in the source: linux\/amd64\)/,
  });
});

test('attestations and artifacts are not platforms', async (context) => {
  const folder = temporaryFolder(context);
  const written = await writeOciLayout(folder, { images: [image('arm64')] });
  const artifact = await writeDocument(folder, MEDIA_TYPES.manifest, {
    schemaVersion: 2,
    artifactType: 'application/spdx+json',
    config: await writeDocument(folder, 'application/vnd.oci.empty.v1+json', {}),
    layers: [],
  });
  const attestation = { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
  const unknown = { platform: { os: 'unknown', architecture: 'unknown' } };
  const manifest = written.images[0]?.manifest;
  for (const other of [attestation, unknown, { artifactType: 'application/spdx+json' }, {}]) {
    await writeLayoutIndex(folder, [{ ...artifact, ...other }, { ...manifest }]);
    const opened = await openForTest(context, `oci:${folder}`, { platform: 'all' });
    assert.deepEqual(
      opened.map(({ digest }) => digest),
      [manifest?.digest],
    );
    await writeLayoutIndex(folder, [{ ...artifact, ...other }]);
    await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'NOT_AN_IMAGE' });
    await assert.rejects(openForTest(context, `oci:${folder}@${artifact.digest}`), { code: 'NOT_AN_IMAGE' });
  }
});

test('several images in one layout are told apart by name or digest, and never guessed', async (context) => {
  const folder = temporaryFolder(context);
  const first = (await writeOciLayout(folder, { images: [image('amd64')] })).images[0]?.manifest;
  const second = (await writeOciLayout(folder, { images: [image('amd64', 'v3')] })).images[0]?.manifest;
  const named = (manifest: BlobDescriptor | undefined, name: string): object => ({
    ...manifest,
    annotations: { 'org.opencontainers.image.ref.name': 'latest', 'io.containerd.image.name': name },
  });
  await writeLayoutIndex(folder, [
    named(first, 'docker.io/library/a:latest'),
    named(second, 'docker.io/library/b:latest'),
  ]);
  for (const reference of [`oci:${folder}`, `oci:${folder}:latest`]) {
    await assert.rejects(openOneForTest(context, reference), {
      code: 'IMAGE_AMBIGUOUS',
      message: /library\/a:latest", "docker.io\/library\/b:latest"/,
    });
  }
  await assert.rejects(openForTest(context, `oci:${folder}`, { platform: 'all' }), { code: 'IMAGE_AMBIGUOUS' });
  const byName = await openOneForTest(context, `oci:${folder}:b`);
  assert.equal(byName.digest, second?.digest);
  const byDigest = await openOneForTest(context, `oci:${folder}@${first?.digest}`);
  assert.equal(byDigest.digest, first?.digest);
  const absent = digestOf('no such image');
  for (const selector of [':c', `@${absent}`]) {
    await assert.rejects(openOneForTest(context, `oci:${folder}${selector}`), { code: 'IMAGE_NOT_FOUND' });
  }
  // The same image under two names is one image.
  await writeLayoutIndex(folder, [named(first, 'a'), named(first, 'b')]);
  assert.equal((await openOneForTest(context, `oci:${folder}`)).digest, first?.digest);
  // Two without names and of one platform are two.
  const plain = (await writeOciLayout(folder, { images: [{ ...image('amd64'), config: { Cmd: ['x'] } }] })).images[0];
  await writeLayoutIndex(folder, [{ ...first }, { ...plain?.manifest }]);
  await assert.rejects(openOneForTest(context, `oci:${folder}`), { code: 'IMAGE_AMBIGUOUS' });
});

test('nested indexes are followed, and a flat index.json is one of several platforms', async (context) => {
  const folder = temporaryFolder(context);
  const written = await writeOciLayout(folder, { images: [image('arm64'), image('amd64')] });
  const outer = await writeDocument(folder, MEDIA_TYPES.index, { schemaVersion: 2, manifests: [written.index] });
  await writeLayoutIndex(folder, [outer]);
  const nested = await openOneForTest(context, `oci:${folder}`);
  assert.deepEqual([nested.digest, nested.index?.digest], [written.images[1]?.manifest.digest, outer.digest]);
  const inner = await openOneForTest(context, `oci:${folder}@${written.index?.digest}`);
  assert.equal(inner.index?.digest, written.index?.digest);
  // Without a media type and without a platform, as old writers leave them out: the documents say both.
  const bare = written.images.map(({ manifest: { digest, size } }) => ({ digest, size }));
  await writeLayoutIndex(folder, bare);
  const flat = await openOneForTest(context, `oci:${folder}`, { platform: ARM64 });
  assert.equal(flat.digest, written.images[0]?.manifest.digest);
  assert.deepEqual([flat.index?.digest, flat.index?.platforms.length], [null, 2]);
});

test('one manifest for two platforms is found by both and opened once', async (context) => {
  const folder = temporaryFolder(context);
  const { images } = await writeOciLayout(folder, { images: [image('arm')] });
  const [v6, v7] = ['v6', 'v7'].map((variant) => ({ os: 'linux', architecture: 'arm', variant }));
  const manifest = images[0]?.manifest;
  await writeLayoutIndex(folder, [
    { ...manifest, platform: v6 },
    { ...manifest, platform: v7 },
  ]);
  assert.ok(v6 !== undefined && v7 !== undefined);
  for (const platform of [v6, v7]) {
    assert.deepEqual((await openOneForTest(context, `oci:${folder}`, { platform })).platform, platform);
  }
  assert.equal((await openForTest(context, `oci:${folder}`, { platform: 'all' })).length, 1);
});

test('a missing config or layer is an error, or a problem of an image that still opens', async (context) => {
  const folder = temporaryFolder(context);
  const { images } = await writeOciLayout(folder, { images: [image('amd64')] });
  const [written] = images;
  const blob = (descriptor: BlobDescriptor | undefined): string =>
    join(folder, 'blobs/sha256', hexOf(descriptor?.digest ?? digestOf('')));
  rmSync(blob(written?.layers[0]));
  await assert.rejects(openOneForTest(context, `oci:${folder}`), { code: 'BLOB_MISSING', message: /layer 0/ });
  const withoutLayer = await openOneForTest(context, `oci:${folder}`, { integrity: 'report' });
  assert.deepEqual(withoutLayer.layers[0]?.content, { kind: 'missing' });
  assert.equal(withoutLayer.layers[0]?.diffId, written?.diffIds[0]);
  assert.deepEqual(
    withoutLayer.problems.map(({ kind, analyser, layer }) => ({ kind, analyser, layer })),
    [{ kind: 'integrity', analyser: 'integrity', layer: written?.diffIds[0] }],
  );
  rmSync(blob(written?.config));
  await assert.rejects(openOneForTest(context, `oci:${folder}`), { code: 'BLOB_MISSING', message: /config/ });
  const withoutConfig = await openOneForTest(context, `oci:${folder}`, { integrity: 'report' });
  assert.equal(withoutConfig.config, null);
  assert.equal(withoutConfig.configDigest, written?.config.digest);
  assert.equal(withoutConfig.layers[0]?.diffId, null);
  assert.equal(withoutConfig.problems.length, 2);
  rmSync(blob(written?.manifest));
  await assert.rejects(openOneForTest(context, `oci:${folder}`, { integrity: 'report' }), { code: 'BLOB_MISSING' });
});

test('each layer gets the history line that made it', async (context) => {
  const folder = temporaryFolder(context);
  const tar = tarOf([{ name: 'a' }]);
  const { images } = await writeOciLayout(folder, {
    images: [
      {
        layers: [
          { tar, createdBy: 'ADD a' },
          { tar, createdBy: 'COPY b' },
        ],
        platform: ARM64,
      },
    ],
  });
  const opened = await openOneForTest(context, `oci:${folder}`);
  assert.deepEqual(
    opened.layers.map(({ createdBy }) => createdBy),
    ['ADD a', 'COPY b'],
  );
  assert.deepEqual(
    opened.layers.map(({ digest }) => digest),
    images[0]?.layers.map(({ digest }) => digest),
  );
});
