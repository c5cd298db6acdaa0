import assert from 'node:assert/strict';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import {
  ADMIN,
  DAY,
  eventsOf,
  faultsOfManifest,
  HOUR,
  keysIn,
  openWorld,
  pushIndexTo,
  pushTo,
  repositoryOf,
  signal,
  uploadTo,
  type World,
} from '#test/fixtures/catalog-world.ts';
import { chunksOf } from '#test/fixtures/layers.ts';
import { deleteManifest } from '../delete.ts';
import { restoreImage } from '../restore.ts';
import { startUpload } from '../uploads.ts';
import { collectGarbage } from './collect.ts';
import { COLLECT_DEFAULTS, type Collection, type CollectOptions } from './options.ts';

evidence(
  'platform/garbage-collection',
  'self-made',
  'images that are pushed, deleted and collected through the use cases',
);

const REPOSITORY = 'team/app';

async function collect(world: World, options: Partial<CollectOptions> = {}): Promise<Collection> {
  return await collectGarbage(world, { ...COLLECT_DEFAULTS, signal, ...options });
}

/** What a dry run says, which the run then has to do. */
async function collectAsSaid(world: World, options: Partial<CollectOptions> = {}): Promise<Collection> {
  const said = await collect(world, { ...options, dryRun: true });
  const done = await collect(world, options);
  assert.deepEqual({ ...said, dryRun: false }, done);
  return done;
}

const later = (world: World, ms: number): void => {
  world.hand.time += ms;
};

test('what is deleted can be restored with its tags until its grace is over, and then is gone with its blobs', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, { tag: 'v1', layers: ['one', 'two'] });
  const repository = await repositoryOf(world, REPOSITORY);
  later(world, 2 * DAY);
  await deleteManifest(world, ADMIN, REPOSITORY, digest);
  later(world, DAY - HOUR);
  assert.equal((await collectAsSaid(world)).manifests, 0);
  await restoreImage(world, ADMIN, { repository: REPOSITORY, digest });
  assert.deepEqual(await faultsOfManifest(world, repository, digest), []);
  assert.deepEqual(
    (await world.store.records.tags.list(repository.id, { after: null, limit: 10 })).map(({ name }) => name),
    ['v1'],
  );
  await deleteManifest(world, ADMIN, REPOSITORY, digest);
  later(world, DAY + 1);
  const { manifests, blobs, links, blobBytes } = await collectAsSaid(world);
  assert.deepEqual({ manifests, blobs, links }, { manifests: 1, blobs: 3, links: 3 });
  assert.ok(blobBytes > 6);
  assert.deepEqual(await keysIn(world), []);
  assert.deepEqual(
    (await eventsOf(world, 'image.collected.v1')).map(({ data }) => data['digest']),
    [digest],
  );
  await assert.rejects(restoreImage(world, ADMIN, { repository: REPOSITORY, digest }), { code: 'RESTORE_NOT_DELETED' });
});

test('blobs that are younger than the grace stay, whoever has uploaded them and not pushed a manifest yet', async (context) => {
  const world = await openWorld(context);
  const { digest } = await uploadTo(world, REPOSITORY, 'a layer that waits for its manifest');
  later(world, DAY);
  assert.deepEqual(await collectAsSaid(world), await collect(world));
  const repository = await repositoryOf(world, REPOSITORY);
  assert.notEqual(await world.store.records.blobs.linked(repository.id, digest), null);
  later(world, 1);
  assert.equal((await collectAsSaid(world)).blobs, 1);
});

test('children of an index that is there stay, untagged and even deleted; with the index they go', async (context) => {
  const world = await openWorld(context);
  const children = [
    await pushTo(world, REPOSITORY, { layers: ['a'] }),
    await pushTo(world, REPOSITORY, { layers: ['b'] }),
  ];
  const index = await pushIndexTo(world, REPOSITORY, children, 'multi');
  const repository = await repositoryOf(world, REPOSITORY);
  await deleteManifest(world, ADMIN, REPOSITORY, children[0] ?? index);
  later(world, 10 * DAY);
  const kept = await collectAsSaid(world, { untaggedMs: DAY });
  assert.deepEqual([kept.manifests, kept.untagged, kept.blobs], [0, 0, 0]);
  await restoreImage(world, ADMIN, { repository: REPOSITORY, digest: children[0] ?? index });
  assert.deepEqual(await faultsOfManifest(world, repository, index), []);
  for (const digest of [...children, index]) {
    await deleteManifest(world, ADMIN, REPOSITORY, digest);
  }
  later(world, 2 * DAY);
  assert.equal((await collectAsSaid(world)).manifests, 3);
  assert.deepEqual(await keysIn(world), []);
});

test('referrers live as long as their subject: they are deleted when it is collected, unless a tag means them', async (context) => {
  const world = await openWorld(context);
  const image = await pushTo(world, REPOSITORY, { tag: 'v1' });
  const artifact = { subject: image, artifactType: 'application/vnd.example' };
  const signature = await pushTo(world, REPOSITORY, { ...artifact, layers: ['signature'] });
  const ofSignature = await pushTo(world, REPOSITORY, { ...artifact, subject: signature, layers: ['of a signature'] });
  const tagged = await pushTo(world, REPOSITORY, { ...artifact, layers: ['report'], tag: 'report' });
  const repository = await repositoryOf(world, REPOSITORY);
  const isLive = async (digest: typeof image): Promise<boolean> =>
    (await world.store.records.manifests.find(repository.id, digest, null)) !== null;
  later(world, 10 * DAY);
  assert.equal((await collectAsSaid(world, { untaggedMs: DAY })).untagged, 0);
  await deleteManifest(world, ADMIN, REPOSITORY, image);
  later(world, 2 * DAY);
  const first = await collectAsSaid(world);
  assert.deepEqual([first.manifests, first.orphans], [1, 1]);
  assert.deepEqual([await isLive(signature), await isLive(ofSignature), await isLive(tagged)], [false, true, true]);
  await restoreImage(world, ADMIN, { repository: REPOSITORY, digest: signature });
  assert.deepEqual(await faultsOfManifest(world, repository, signature), []);
  await deleteManifest(world, ADMIN, REPOSITORY, signature);
  later(world, 2 * DAY);
  assert.deepEqual(await collectAsSaid(world).then(({ manifests, orphans }) => [manifests, orphans]), [1, 1]);
  assert.deepEqual(await faultsOfManifest(world, repository, tagged), []);
});

test('what nothing refers to is kept for ever, unless a rule says for how long', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  later(world, 1000 * DAY);
  assert.equal((await collectAsSaid(world)).untagged, 0);
  const { untagged, manifests } = await collectAsSaid(world, { untaggedMs: 30 * DAY });
  assert.deepEqual([untagged, manifests], [1, 0]);
  await restoreImage(world, ADMIN, { repository: REPOSITORY, digest });
});

test('a blob that another repository holds stays', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, { tag: 'v1', layers: ['shared'] });
  const other = await pushTo(world, 'other/app', { tag: 'v1', layers: ['shared'] });
  await deleteManifest(world, ADMIN, REPOSITORY, digest);
  later(world, 2 * DAY);
  const { links, blobs } = await collectAsSaid(world);
  assert.deepEqual([links, blobs], [2, 0]);
  assert.deepEqual(await faultsOfManifest(world, await repositoryOf(world, 'other/app'), other), []);
});

function leave(world: World, path: string, ageMs: number): void {
  const file = join(world.folder, 'blobs', path);
  writeFileSync(file, 'left behind');
  const time = (world.hand.time - ageMs) / 1000;
  utimesSync(file, time, time);
}

test('keys and parts that no row knows go when they are older than the grace, and not before', async (context) => {
  const world = await openWorld(context);
  const image = await pushTo(world, REPOSITORY, { tag: 'v1' });
  leave(world, 'uploads/old0000000', DAY + HOUR);
  leave(world, 'uploads/young00000', DAY - HOUR);
  const folder = readdirSync(join(world.folder, 'blobs/blobs/sha256'))[0] ?? '';
  leave(world, `blobs/sha256/${folder}/${folder.padEnd(64, '0')}-old0000000`, DAY + HOUR);
  leave(world, `blobs/sha256/${folder}/${folder.padEnd(64, '0')}-young00000`, DAY - HOUR);
  const before = await keysIn(world);
  const { unknown, unknownBytes } = await collectAsSaid(world);
  assert.deepEqual([unknown, unknownBytes], [2, 22]);
  const after = await keysIn(world);
  assert.deepEqual(
    before.filter((key) => !after.includes(key)).map((key) => key.slice(-10)),
    ['old0000000', 'old0000000'],
  );
  assert.deepEqual(await faultsOfManifest(world, await repositoryOf(world, REPOSITORY), image), []);
});

test('uploads that nobody goes on with expire; parts of one that goes on stay, however old', async (context) => {
  const world = await openWorld(context);
  const { records } = world.store;
  const stale = await startUpload(world, ADMIN, REPOSITORY, 'sha256');
  const alive = await startUpload(world, ADMIN, REPOSITORY, 'sha256');
  const state = await world.blobs.append(alive.state, chunksOf(Buffer.from('first chunk')), {
    algorithm: 'sha256',
    maxBytes: 100,
  });
  const [part] = state.parts;
  assert.ok(part !== undefined);
  const written = world.hand.time / 1000;
  utimesSync(join(world.folder, 'blobs', part.key), written, written);
  later(world, 3 * DAY);
  await records.uploads.update(alive.id, alive.version, state, world.hand.time);
  const { uploads, unknown } = await collectAsSaid(world);
  assert.deepEqual([uploads, unknown], [1, 0]);
  assert.equal(await records.uploads.find(stale.id), null);
  const after = await records.uploads.find(alive.id);
  assert.ok(after !== null);
  await world.blobs.commit(after.state, part.digest);
});

test('a metadata store that knows next to nothing of what is stored is taken for the wrong one', async (context) => {
  const world = await openWorld(context);
  for (let at = 0; at < 8; at += 1) {
    leave(world, `uploads/unknown000${at}`, 2 * DAY);
  }
  for (const dryRun of [true, false]) {
    await assert.rejects(collect(world, { dryRun }), { code: 'COLLECTION_REFUSED', found: '8' });
  }
  assert.equal((await keysIn(world)).length, 8);
  assert.equal((await collectAsSaid(world, { force: true })).unknown, 8);
});

test('when the records cannot be read nothing is removed', async (context) => {
  const world = await openWorld(context);
  const broken = {
    ...world,
    store: {
      ...world.store,
      records: {
        ...world.store.records,
        upkeep: { ...world.store.records.upkeep, known: () => Promise.reject(new Error('not readable')) },
      },
    },
  };
  await pushTo(world, REPOSITORY, {});
  leave(world, 'uploads/old0000000', 2 * DAY);
  later(world, 2 * DAY);
  const before = await keysIn(world);
  await assert.rejects(collect(broken), /not readable/);
  assert.deepEqual(await keysIn(world), before);
});
