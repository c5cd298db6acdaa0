import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readImageFacts } from '#lib/layers/index.ts';
import { loadCatalogers } from '#lib/packages/index.ts';
import type { Image } from '#model/image.ts';
import { evidence } from '../evidence.ts';
import { type Containerd, startContainerd } from '../fixtures/containerd.ts';
import { accessTo, memoryStore } from '../fixtures/fake-daemon.ts';
import { readLayers } from '../fixtures/layers.ts';
import { type WrittenLayout, writeOciLayout } from '../fixtures/oci-layout.ts';
import { openForTest, openOneForTest, temporaryFolder } from '../fixtures/open-images.ts';
import { type PodmanService, startPodmanService } from '../fixtures/podman-service.ts';
import { tarOf } from '../fixtures/tar-archive.ts';
import { data, missing } from '../prerequisites.ts';

const catalogers = await loadCatalogers();

evidence('images/podman', 'real tool', 'an Alpine image loaded into podman, read through podman system service');
evidence('images/docker', 'real tool', 'the Docker API that podman serves; no Docker engine is at hand');
evidence('images/containerd', 'real tool', 'an index of two Alpines that ctr imported into containerd');

const skipPodman = missing('shared-data', 'skopeo', 'podman', 'root');
const skipContainerd = missing('shared-data', 'skopeo', 'containerd', 'root');

/** Two Alpines with a small layer above each, as a layout with the tag v1. */
async function alpines(folder: string): Promise<WrittenLayout> {
  const images = ['x86_64', 'aarch64'].map((machine) => ({
    platform: { os: 'linux', architecture: machine === 'x86_64' ? 'amd64' : 'arm64' },
    config: { Env: ['A=1'], Cmd: ['/bin/sh'], Labels: { maker: 'test' } },
    layers: [
      { tar: gunzipSync(readFileSync(data(`rootfs/alpine-3.20.3-${machine}.tar.gz`))), createdBy: 'ADD alpine' },
      { tar: tarOf([{ name: 'etc/motd', content: 'ahoy' }]), createdBy: 'COPY motd' },
    ],
  }));
  return await writeOciLayout(folder, { images, tag: 'v1' });
}

function skopeo(...args: readonly string[]): void {
  execFileSync('skopeo', ['--insecure-policy', 'copy', '--quiet', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function podmanService(context: TestContext): Promise<PodmanService> {
  const service = await startPodmanService();
  context.after(() => service.stop());
  return service;
}

async function containerdService(context: TestContext): Promise<Containerd> {
  const service = await startContainerd();
  context.after(() => service.stop());
  return service;
}

/** What must not change when the image is kept in another way. */
function identityOf({ configDigest, platform, config, layers }: Image): object {
  return { configDigest, platform, config, layers: layers.map(({ diffId, createdBy }) => ({ diffId, createdBy })) };
}

/** What is found in the image, layer by layer and in the view, with every layer verified. */
async function factsOf(image: Image): Promise<object> {
  const { live, unreadable } = await readImageFacts(image, catalogers, { integrity: 'require' });
  assert.ok(live.length > 0 && unreadable.length === 0);
  return { live, layers: await readLayers(image, catalogers) };
}

test('an image is the same out of podman, through both of its names, as out of its layout', {
  skip: skipPodman,
}, async (context) => {
  const folder = temporaryFolder(context);
  const layout = `oci:${folder}/layout:v1`;
  await alpines(join(folder, 'layout'));
  skopeo('--override-arch', 'amd64', layout, `docker-archive:${folder}/docker.tar:example.org/alpine:v1`);
  skopeo('--override-arch', 'amd64', layout, `oci-archive:${folder}/oci.tar:v1`);
  const podman = await podmanService(context);
  podman.load(join(folder, 'docker.tar'), 'localhost/built:latest');
  podman.load(join(folder, 'oci.tar'), 'example.org/pulled:v1');
  const access = accessTo({ podmanSockets: ['/nothing.sock', podman.socket], dockerSockets: [podman.socket] });
  const original = await openOneForTest(context, layout);
  const id = original.configDigest ?? '';
  for (const reference of [
    'podman:built',
    'podman:localhost/built',
    'podman:example.org/pulled:v1',
    `podman:${id}`,
    `podman:${id.slice(7, 19)}`,
    'docker:localhost/built:latest',
    'docker:example.org/pulled:v1',
  ]) {
    const image = await openOneForTest(context, reference, { access });
    assert.equal(image.reference, reference);
    assert.equal(image.digest, null);
    assert.deepEqual(identityOf(image), identityOf(original), reference);
  }
  const documents = memoryStore();
  for (const again of [1, 2]) {
    const image = await openOneForTest(context, 'podman:built', { access, documents });
    assert.deepEqual(await factsOf(image), await factsOf(original), `reading ${again}`);
    assert.deepEqual([...documents.kept.keys()], [id]);
  }
  await assert.rejects(openForTest(context, 'podman:absent:1', { access }), {
    code: 'IMAGE_NOT_FOUND',
    message: /No such image/,
    hint: /podman pull/,
  });
});

test('an image is the same out of containerd as out of its layout, its manifest and index too', {
  skip: skipContainerd,
}, async (context) => {
  const folder = temporaryFolder(context);
  const layout = `oci:${folder}/layout:v1`;
  const { images, index } = await alpines(join(folder, 'layout'));
  skopeo('--all', layout, `oci-archive:${folder}/all.tar:v1`);
  const containerd = await containerdService(context);
  containerd.import(join(folder, 'all.tar'), 'docker.io/library/alpine:latest');
  const access = accessTo({ containerd });
  const original = await openOneForTest(context, layout);
  const withoutContent = ({ layers, ...image }: Image): object => ({
    ...image,
    reference: '',
    source: '',
    layers: layers.map((layer) => ({ ...layer, content: null })),
  });
  for (const reference of [
    'containerd:alpine',
    'containerd:docker.io/library/alpine:latest',
    `containerd:alpine@${index?.digest}`,
  ]) {
    const image = await openOneForTest(context, reference, { access });
    assert.equal(image.reference, reference);
    assert.deepEqual(withoutContent(image), withoutContent(original));
  }
  const image = await openOneForTest(context, 'containerd:alpine', { access });
  assert.deepEqual(await factsOf(image), await factsOf(original));
  const all = await openForTest(context, 'containerd:alpine', { access, platform: 'all' });
  assert.deepEqual(
    all.map(({ digest }) => digest),
    images.map(({ manifest }) => manifest.digest),
  );
  const arm64 = images[1]?.manifest.digest;
  const byDigest = await openOneForTest(context, `containerd:docker.io/library/alpine:latest@${arm64}`, { access });
  assert.deepEqual([byDigest.digest, byDigest.index], [arm64, null]);
});

test('containerd holds one platform of an index, or the image in another namespace', {
  skip: skipContainerd,
}, async (context) => {
  const folder = temporaryFolder(context);
  const { images } = await alpines(join(folder, 'layout'));
  skopeo('--all', `oci:${folder}/layout:v1`, `oci-archive:${folder}/all.tar:v1`);
  const containerd = await containerdService(context);
  const archive = join(folder, 'all.tar');
  containerd.import(archive, 'docker.io/library/alpine:latest', { platform: 'linux/arm64' });
  containerd.import(archive, 'example.org/alpine:v1', { namespace: 'k8s.io' });
  const access = accessTo({ containerd });
  // The only platform that is there is taken, as from an archive that holds one of many.
  const only = await openOneForTest(context, 'containerd:alpine', { access });
  assert.equal(only.digest, images[1]?.manifest.digest);
  const platform = { os: 'linux', architecture: 'amd64' };
  await assert.rejects(openForTest(context, 'containerd:alpine', { access, platform }), {
    code: 'PLATFORM_NOT_FOUND',
    message: /found linux\/arm64.* \(named by the index, but not in the source: linux\/amd64\)/,
  });
  await assert.rejects(openForTest(context, 'containerd:example.org/alpine:v1', { access }), {
    code: 'IMAGE_NOT_FOUND',
    message: /one in namespace "k8s.io"/,
    hint: /CONTAINERD_NAMESPACE=k8s\.io/,
  });
  await assert.rejects(openForTest(context, 'containerd:absent', { access }), {
    code: 'IMAGE_NOT_FOUND',
    message: /"absent" or "docker\.io\/library\/absent:latest", found none/,
  });
  const kubernetes = accessTo({ containerd: { socket: containerd.socket, namespace: 'k8s.io' } });
  const there = await openOneForTest(context, 'containerd:example.org/alpine:v1', { access: kubernetes });
  assert.equal(there.digest, images[0]?.manifest.digest);
});

test('a layer that containerd has lost', { skip: skipContainerd }, async (context) => {
  const folder = temporaryFolder(context);
  const { images } = await alpines(join(folder, 'layout'));
  skopeo('--all', `oci:${folder}/layout:v1`, `oci-archive:${folder}/all.tar:v1`);
  const containerd = await containerdService(context);
  containerd.import(join(folder, 'all.tar'), 'docker.io/library/alpine:latest');
  const access = accessTo({ containerd });
  containerd.ctr('content', 'rm', images[0]?.layers[1]?.digest ?? '');
  await assert.rejects(openForTest(context, 'containerd:alpine', { access }), { code: 'BLOB_MISSING' });
  const [image] = await openForTest(context, 'containerd:alpine', { access, integrity: 'report' });
  assert.equal(image?.problems.length, 1);
  assert.equal(image?.layers[1]?.content.kind, 'missing');
});
