import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOf, hexOf } from '#base/digest.ts';
import { LIMITS, readBounded } from '#base/limits.ts';
import type { Image } from '#model/image.ts';
import { accessTo, fakeDaemon, memoryStore } from '#test/fixtures/fake-daemon.ts';
import { type WrittenImage, type WrittenLayout, writeOciLayout } from '#test/fixtures/oci-layout.ts';
import { openForTest, openOneForTest, temporaryFolder } from '#test/fixtures/open-images.ts';
import { type MemberInput, tarOf } from '#test/fixtures/tar-archive.ts';

const ARM64 = { os: 'linux', architecture: 'arm64' };

interface Written extends WrittenLayout {
  readonly folder: string;
  readonly amd64: WrittenImage;
  readonly arm64: WrittenImage;
  readonly index: NonNullable<WrittenLayout['index']>;
}

async function twoPlatforms(context: TestContext): Promise<Written> {
  const folder = temporaryFolder(context);
  const written = await writeOciLayout(folder, {
    images: ['amd64', 'arm64'].map((architecture) => ({
      layers: [{ tar: tarOf([{ name: architecture }]) }],
      platform: { os: 'linux', architecture },
    })),
    tag: 'a',
  });
  const [amd64, arm64] = written.images;
  assert.ok(amd64 !== undefined && arm64 !== undefined && written.index !== null);
  return { ...written, index: written.index, folder, amd64, arm64 };
}

/** The layout as a tar, without some of its blobs. */
function exportOf(folder: string, without: readonly string[] = [], more: readonly MemberInput[] = []): Uint8Array {
  const blobs = readdirSync(join(folder, 'blobs/sha256')).filter((name) => !without.includes(name));
  const names = ['oci-layout', 'index.json', ...blobs.map((name) => `blobs/sha256/${name}`)];
  return tarOf([...names.map((name) => ({ name, content: readFileSync(join(folder, name)) })), ...more]);
}

function blobsOf(image: WrittenImage): readonly string[] {
  return [image.manifest, image.config, ...image.layers].map(({ digest }) => hexOf(digest));
}

async function firstLayer(image: Image | undefined): Promise<Uint8Array> {
  const content = image?.layers[0]?.content;
  assert.ok(content?.kind === 'tar');
  return await readBounded(content.open(), LIMITS.layerBytes, 'layer');
}

/** Docker with the containerd store; `Manifests` is what version 1.48 of its API adds. */
function inspection({ index, amd64, arm64 }: Written, available: readonly WrittenImage[]): object {
  const manifests = [amd64, arm64].map((image) => ({
    ID: image.manifest.digest,
    Descriptor: image.manifest,
    Available: available.includes(image),
    Kind: 'image',
  }));
  return { Id: index.digest, RepoTags: ['a:1'], Manifests: manifests };
}

test('an id that is the digest of an index or manifest is the identity of the image', async (context) => {
  const written = await twoPlatforms(context);
  const { amd64, index, folder } = written;
  for (const id of [index.digest, amd64.manifest.digest]) {
    const daemon = await fakeDaemon(context, { inspect: { Id: id }, export: exportOf(folder) });
    const image = await openOneForTest(context, 'docker:a:1', { access: accessTo({ dockerSockets: [daemon.socket] }) });
    assert.equal(image.digest, amd64.manifest.digest);
    assert.equal(image.configDigest, amd64.config.digest);
    assert.equal(image.layers[0]?.digest, amd64.layers[0]?.digest);
    assert.equal(image.index?.digest, id === index.digest ? id : undefined);
    assert.equal(digestOf(await firstLayer(image)), image.layers[0]?.digest);
  }
});

test('a manifest that was made for the export is not taken for the identity', async (context) => {
  const { amd64, folder } = await twoPlatforms(context);
  const [config, layer] = [amd64.config, ...amd64.layers].map(({ digest }) => `blobs/sha256/${hexOf(digest)}`);
  const manifest = { name: 'manifest.json', content: JSON.stringify([{ Config: config, Layers: [layer] }]) };
  const daemon = await fakeDaemon(context, {
    inspect: { Id: amd64.config.digest },
    export: exportOf(folder, [], [manifest]),
  });
  const image = await openOneForTest(context, 'docker:a:1', { access: accessTo({ dockerSockets: [daemon.socket] }) });
  assert.deepEqual([image.digest, image.configDigest], [null, amd64.config.digest]);
  assert.equal(digestOf(await firstLayer(image)), amd64.layers[0]?.digest);
});

test('platforms that the daemon does not hold are absent, by its own word or by the export', async (context) => {
  const written = await twoPlatforms(context);
  const { amd64, arm64, index, folder } = written;
  for (const inspect of [inspection(written, [amd64]), { Id: index.digest }]) {
    const daemon = await fakeDaemon(context, { inspect, export: exportOf(folder, blobsOf(arm64)) });
    const options = { access: accessTo({ dockerSockets: [daemon.socket] }) };
    const all = await openForTest(context, 'docker:a:1', { ...options, platform: 'all' });
    assert.deepEqual(
      all.map(({ digest }) => digest),
      [amd64.manifest.digest],
    );
    await assert.rejects(openForTest(context, 'docker:a:1', { ...options, platform: ARM64 }), {
      code: 'PLATFORM_NOT_FOUND',
      message: /not in the source: linux\/arm64/,
    });
  }
});

test('what was seen before is exported again only for a layer, or when the daemon does not say what it holds', async (context) => {
  const written = await twoPlatforms(context);
  const documents = memoryStore();
  // Seen elsewhere: that does not make the daemon hold it.
  for (const { digest } of [written.arm64.manifest, written.arm64.config]) {
    await documents.put(digest, readFileSync(join(written.folder, 'blobs/sha256', hexOf(digest))));
  }
  for (const expected of [1, 0, 0]) {
    const inspect = inspection(written, [written.amd64]);
    const daemon = await fakeDaemon(context, { inspect, export: exportOf(written.folder, blobsOf(written.arm64)) });
    const options = { documents, access: accessTo({ dockerSockets: [daemon.socket] }) };
    const image = await openOneForTest(context, 'docker:a:1', options);
    assert.equal(image.digest, written.amd64.manifest.digest);
    assert.equal(daemon.asked.filter((path) => path.endsWith('/get')).length, expected);
    assert.equal(digestOf(await firstLayer(image)), written.amd64.layers[0]?.digest);
    assert.equal(daemon.asked.filter((path) => path.endsWith('/get')).length, 1);
  }
  const daemon = await fakeDaemon(context, { inspect: inspection(written, [written.amd64]) });
  const arm64 = { documents, access: accessTo({ dockerSockets: [daemon.socket] }), platform: ARM64 };
  await assert.rejects(openForTest(context, 'docker:a:1', arm64), { code: 'PLATFORM_NOT_FOUND' });
  const silent = await fakeDaemon(context, { inspect: { Id: written.index.digest }, export: exportOf(written.folder) });
  await openOneForTest(context, 'docker:a:1', { documents, access: accessTo({ dockerSockets: [silent.socket] }) });
  assert.equal(silent.asked.filter((path) => path.endsWith('/get')).length, 1);
});

test('a short name of podman is first of all one that was built here', async (context) => {
  const asked: string[] = [];
  for (const reference of ['podman:a', 'podman:team/a:2', 'podman:docker.io/library/a', 'podman:example.org/a:1']) {
    const daemon = await fakeDaemon(context, {
      inspect: (answer) => {
        answer.statusCode = 404;
        answer.end('{}');
      },
    });
    const access = accessTo({ podmanSockets: [daemon.socket] });
    await assert.rejects(openForTest(context, reference, { access }), { code: 'IMAGE_NOT_FOUND', hint: /podman pull/ });
    asked.push(daemon.asked.map((path) => path.slice('/images/'.length, path.lastIndexOf('/'))).join(' '));
  }
  assert.deepEqual(asked, [
    'localhost/a:latest docker.io/library/a:latest',
    'localhost/team/a:2 docker.io/team/a:2',
    'docker.io/library/a:latest',
    'example.org/a:1',
  ]);
});
