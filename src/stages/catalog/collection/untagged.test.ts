import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { askFor } from '#test/fixtures/acquire-stage.ts';
import {
  ADMIN,
  DAY,
  HOUR,
  openWorld,
  pushIndexTo,
  pushTo,
  repositoryOf,
  signal,
  type World,
} from '#test/fixtures/catalog-world.ts';
import { deleteManifest, deleteTag } from '../delete.ts';
import { restoreImage } from '../restore.ts';
import { deleteUntagged } from './manifests.ts';
import { COLLECT_DEFAULTS } from './options.ts';

const REPOSITORY = 'team/app';
const WEEK = 7 * DAY;

async function left(world: World, digests: readonly Digest[]): Promise<readonly boolean[]> {
  await deleteUntagged(world, { ...COLLECT_DEFAULTS, untaggedMs: WEEK, signal });
  const { id } = await repositoryOf(world, REPOSITORY);
  return await Promise.all(
    digests.map(async (digest) => (await world.store.records.manifests.find(id, digest, null)) !== null),
  );
}

test('what runs is not collected, itself or by a platform of it, however deep, nor what is being taken', async (context) => {
  const world = await openWorld(context);
  const [runs, below, deep, taken, idle] = [
    await pushTo(world, REPOSITORY, { layers: ['runs'] }),
    await pushTo(world, REPOSITORY, { layers: ['below'] }),
    await pushTo(world, REPOSITORY, { layers: ['deep'] }),
    await pushTo(world, REPOSITORY, { layers: ['taken'] }),
    await pushTo(world, REPOSITORY, { layers: ['idle'] }),
  ];
  const index = await pushIndexTo(world, REPOSITORY, [below]);
  const outer = await pushIndexTo(world, REPOSITORY, [await pushIndexTo(world, REPOSITORY, [deep])]);
  const { id } = await repositoryOf(world, REPOSITORY);
  const uses = [runs, below, deep].map((digest) => ({ repositoryId: id, digest, environment: null }));
  await world.store.records.catalog.setUses('cluster', uses, 1);
  await askFor(world, ADMIN, taken);
  world.hand.time += 2 * WEEK;
  const kept = [runs, index, below, outer, deep, taken];
  assert.deepEqual(await left(world, [idle, ...kept]), [false, ...kept.map(() => true)]);
  await world.store.records.catalog.setUses('cluster', [], 2);
  assert.deepEqual(await left(world, [runs, index, outer]), [false, false, false]);
});

test('how long nothing has referred to it counts from when the last tag went', async (context) => {
  const world = await openWorld(context);
  const moved = await pushTo(world, REPOSITORY, { layers: ['moved'], tag: 'latest' });
  const removed = await pushTo(world, REPOSITORY, { layers: ['removed'], tag: 'removed' });
  const never = await pushTo(world, REPOSITORY, { layers: ['never'] });
  const restored = await pushTo(world, REPOSITORY, { layers: ['restored'] });
  await deleteManifest(world, ADMIN, REPOSITORY, restored);
  world.hand.time += 2 * WEEK;
  await pushTo(world, REPOSITORY, { layers: ['next'], tag: 'latest' });
  await deleteTag(world, ADMIN, REPOSITORY, 'removed');
  await restoreImage(world, ADMIN, { repository: REPOSITORY, digest: restored });
  const all = [moved, removed, never, restored];
  assert.deepEqual(await left(world, all), [true, true, false, true]);
  world.hand.time += WEEK - HOUR;
  assert.deepEqual(await left(world, all), [true, true, false, true]);
  world.hand.time += 2 * HOUR;
  assert.deepEqual(await left(world, all), [false, false, false, false]);
});
