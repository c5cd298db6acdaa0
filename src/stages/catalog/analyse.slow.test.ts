import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Digest } from '#base/digest.ts';
import { silentLog } from '#base/log.ts';
import type { ImageInventory } from '#model/platform/records.ts';
import { openCache } from '#store/cache/index.ts';
import { evidence } from '#test/evidence.ts';
import { readApkDatabase } from '#test/fixtures/apk-database.ts';
import {
  ADMIN,
  eventsOf,
  openWorld,
  pushIndexTo,
  pushTo,
  repositoryOf,
  signal,
  type World,
} from '#test/fixtures/catalog-world.ts';
import { temporaryHome } from '#test/fixtures/plimsoll.ts';
import { writeTar } from '#test/fixtures/tar-writer.ts';
import { data, missing } from '#test/prerequisites.ts';
import { type Analysed, analyseImage } from './analyse.ts';
import { deleteManifest } from './delete.ts';
import { scrubBlobs } from './scrub.ts';

evidence('platform/analysis', 'self-made', 'images with a package database that are pushed through the use cases');
evidence(
  'platform/analysis',
  'published',
  'the root file systems of Alpine: the packages of their own databases, by the lines of the test and by plimsoll scan',
);

const REPOSITORY = 'team/app';
const STATUS = `Package: zlib1g
Status: install ok installed
Version: 1:1.2.13.dfsg-1
Architecture: amd64
`;
const RELEASE = 'ID=debian\nVERSION_ID="12"\n';

function debian(...more: Parameters<typeof writeTar>[0]): Uint8Array {
  return writeTar([
    { path: 'etc/os-release', content: RELEASE },
    { path: 'var/lib/dpkg/status', content: STATUS },
    ...more,
  ]);
}

async function analyse(world: World, digest: Digest, memoryBytes?: number): Promise<Analysed> {
  const { facts } = openCache(join(world.folder, 'cache'), { maxBytes: 100 * 1024 ** 2, clock: world.clock });
  return await analyseImage(world, {
    repository: REPOSITORY,
    digest,
    facts,
    version: '1.0.0',
    isLastAttempt: true,
    signal,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  });
}

async function inventoryOf(world: World, digest: Digest): Promise<ImageInventory> {
  const { id } = await repositoryOf(world, REPOSITORY);
  const found = await world.store.records.inventories.ofImage(id, digest);
  assert.ok(found !== null, 'nothing is known of the image');
  return found;
}

test('an image that was pushed gets an inventory, which images of the same layers share', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, { tag: 'v1', layers: [debian()] });
  assert.equal(await analyse(world, digest), 'analysed');
  const { inventory, unknowns, layerSet } = await inventoryOf(world, digest);
  assert.deepEqual(inventory?.packages, ['pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12']);
  assert.deepEqual([inventory.unknowns, unknowns], [[], []]);
  const other = await pushTo(world, REPOSITORY, { layers: [debian()], tag: 'v2' });
  assert.equal(other, digest);
  assert.equal(await analyse(world, digest), 'analysed');
  assert.equal((await inventoryOf(world, digest)).layerSet, layerSet);
  const [event] = await eventsOf(world, 'image.analysed.v1');
  assert.deepEqual(event?.data, { repository: REPOSITORY, digest, packages: 1, unknowns: 0 });
  const images = await world.store.records.inventories.imagesWith(inventory.packages[0] ?? '', {
    after: null,
    limit: 9,
  });
  assert.deepEqual(
    images.map((image) => image.digest),
    [digest],
  );
});

test('bytes that are gone or damaged are unknowns of the image, and the rest of it is listed', async (context) => {
  const world = await openWorld(context);
  const second = gzipSync(writeTar([{ path: 'usr/share/second', content: 'second' }]));
  const digest = await pushTo(world, REPOSITORY, { tag: 'v1', layers: [debian(), second] });
  const repository = await repositoryOf(world, REPOSITORY);
  const parsed = JSON.parse(
    Buffer.from((await world.store.records.manifests.resolve(REPOSITORY, { digest }, null))?.content ?? '').toString(),
  ) as { readonly layers: readonly { readonly digest: Digest }[] };
  const layer = await world.store.records.blobs.linked(repository.id, parsed.layers[1]?.digest ?? digest);
  const file = join(world.folder, 'blobs', layer?.key ?? '');
  writeFileSync(file, Buffer.alloc(layer?.size ?? 0, 'x'));
  await analyse(world, digest);
  const changed = await inventoryOf(world, digest);
  assert.equal(changed.inventory?.packages.length, 1);
  assert.match(
    [...changed.unknowns, ...(changed.inventory?.unknowns ?? [])].map(({ reason }) => reason).join(),
    /malformed tar/,
  );
  world.hand.time += 1;
  await scrubBlobs(world, { freshMs: 0, maxBytes: 1e9, rate: null, signal, log: silentLog });
  await analyse(world, digest);
  const marked = await inventoryOf(world, digest);
  assert.equal(marked.inventory?.packages.length, 1);
  assert.match(marked.unknowns.map(({ reason }) => reason).join(), /what is stored is not what its digest says/);
  assert.notEqual(marked.layerSet, changed.layerSet);
  rmSync(file);
  await analyse(world, digest);
  assert.match((await inventoryOf(world, digest)).unknowns.map(({ kind }) => kind).join(), /integrity/);
});

test('what cannot be run is not analysed, nor what is gone', async (context) => {
  const world = await openWorld(context);
  const image = await pushTo(world, REPOSITORY, {});
  const artifact = await pushTo(world, REPOSITORY, { artifactType: 'application/vnd.example', layers: ['report'] });
  assert.equal(await analyse(world, artifact), 'artifact');
  assert.equal(await analyse(world, await pushIndexTo(world, REPOSITORY, [image])), 'artifact');
  await deleteManifest(world, ADMIN, REPOSITORY, image);
  assert.equal(await analyse(world, image), 'gone');
});

test('an image that ends whatever reads it is an unknown, and nothing else fails', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, { layers: [debian()] });
  assert.equal(await analyse(world, digest, 16 * 1024 ** 2), 'unknown');
  const { inventory, unknowns } = await inventoryOf(world, digest);
  assert.equal(inventory, null);
  assert.match(unknowns[0]?.reason ?? '', /could not be analysed: the analysis process/);
  assert.equal(await analyse(world, digest), 'analysed');
});

test('a config that is no JSON is an unknown that says so', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, { layers: [debian()], config: '{"rootfs":' });
  assert.equal(await analyse(world, digest), 'unknown');
  assert.match((await inventoryOf(world, digest)).unknowns[0]?.reason ?? '', /config sha256:/);
});

test('published root file systems have the packages of their own databases, and those that a scan of them lists', {
  skip: missing('shared-data', 'gnu-tar'),
}, async (context) => {
  const world = await openWorld(context);
  const home = temporaryHome();
  context.after(() => home.remove());
  const names = readdirSync(data('rootfs')).filter((name) => name.startsWith('alpine-'));
  assert.ok(names.length > 0);
  for (const name of names) {
    const path = data(`rootfs/${name}`);
    const digest = await pushTo(world, REPOSITORY, { layers: [gunzipSync(readFileSync(path))] });
    assert.equal(await analyse(world, digest), 'analysed');
    const packages = (await inventoryOf(world, digest)).inventory?.packages ?? [];
    const facts = packages.map((purl) => {
      const [, ...fact] = /^pkg:apk\/alpine\/([^@]+)@([^?]+)\?arch=([^&]+)/.exec(purl) ?? ['', purl];
      return fact.join(' ');
    });
    const entries = readApkDatabase(path).map((entry) => `${entry.name} ${entry.version} ${entry.architecture}`);
    assert.ok(entries.length > 10, name);
    assert.deepEqual(facts.toSorted(), entries.toSorted(), name);
    const report = await home.report(`rootfs:${path}`);
    assert.deepEqual(packages.toSorted(), report.packages.map(({ purl }) => purl).toSorted(), name);
  }
});
