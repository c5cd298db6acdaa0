import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog } from '#base/log.ts';
import type { Job, JobKind } from '#model/platform/job.ts';
import type { ImageInventory } from '#model/platform/records.ts';
import { openCache } from '#store/cache/index.ts';
import { DAY, eventsOf, openWorld, pushTo, repositoryOf, signal, type World } from '#test/fixtures/catalog-world.ts';
import type { JobHandlers } from './context.ts';
import { createWorker } from './create-worker.ts';

const REPOSITORY = 'team/app';
const COLLECTION = { graceMs: DAY, untaggedMs: DAY } as const;

interface WorkerWorld extends World {
  readonly handlers: JobHandlers;
  job(kind: JobKind, payload: Job['payload'], more?: Partial<Job>): Promise<void>;
  inventory(digest: Job['payload'][string]): Promise<ImageInventory | null>;
}

async function openWorkerWorld(context: TestContext): Promise<WorkerWorld> {
  const world = await openWorld(context);
  const { facts } = openCache(join(world.folder, 'cache'), { maxBytes: 100 * 1024 ** 2, clock: world.clock });
  const handlers = createWorker({
    ...world,
    log: silentLog,
    version: '1.0.0',
    facts,
    collection: COLLECTION,
    scrub: { everyMs: DAY },
    review: null,
    acquire: null,
  });
  return {
    ...world,
    handlers,
    job: async (kind, payload, more = {}) =>
      await handlers[kind]?.({ id: '1', kind, payload, attempt: 1, maxAttempts: 5, ...more }, signal),
    inventory: async (digest) => {
      const { id } = await repositoryOf(world, REPOSITORY);
      return await world.store.records.inventories.ofImage(id, digest as never);
    },
  };
}

test('an image is analysed once, and once more when the job is done twice', async (context) => {
  const world = await openWorkerWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  for (let times = 0; times < 2; times += 1) {
    await world.job('analyse-image', { repository: REPOSITORY, digest });
  }
  assert.notEqual(await world.inventory(digest), null);
});

test('an image whose workers died twice is unknown from then on, and is still tried', async (context) => {
  const world = await openWorkerWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  const payload = { repository: REPOSITORY, digest };
  await world.job('analyse-image', payload, { attempt: 3 });
  const [given, found] = await eventsOf(world, 'image.analysed.v1');
  assert.deepEqual([given?.data['unknowns'], found === undefined], [1, false]);
  assert.notEqual((await world.inventory(digest))?.layerSet, null);
});

test('what nobody needs is collected as configured, and jobs that failed long ago are forgotten', async (context) => {
  const world = await openWorkerWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  await world.store.records.jobs.enqueue({ kind: 'scrub-blobs', payload: {}, maxAttempts: 1 }, world.clock.now());
  const runner = await world.store.jobs.start({
    handlers: { 'scrub-blobs': () => Promise.reject(new Error('no')) },
    concurrency: 1,
  });
  while ((await world.store.jobs.counts()).failed === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await runner.stop(0);
  const { id } = await repositoryOf(world, REPOSITORY);
  const isThere = async (): Promise<boolean> => (await world.store.records.manifests.find(id, digest, null)) !== null;
  world.hand.time += DAY - 1;
  await world.job('collect-garbage', {});
  assert.deepEqual([await isThere(), (await world.store.jobs.counts()).failed], [true, 1]);
  world.hand.time += 30 * DAY;
  await world.job('collect-garbage', { dryRun: true });
  assert.deepEqual([await isThere(), (await world.store.jobs.counts()).failed], [true, 1]);
  await world.job('collect-garbage', {});
  assert.deepEqual([await isThere(), (await world.store.jobs.counts()).failed], [false, 0]);
});

test('a job with another payload than it should have fails, and does nothing', async (context) => {
  const world = await openWorkerWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  await assert.rejects(world.job('analyse-image', { repository: REPOSITORY, digest: 'sha256:x' }));
  await assert.rejects(world.job('collect-garbage', { force: 'yes' }));
  assert.equal(await world.inventory(digest), null);
});

test('blobs are read again, and uploads expire', async (context) => {
  const world = await openWorkerWorld(context);
  await pushTo(world, REPOSITORY, {});
  const before = await world.store.records.upkeep.leastVerified(world.clock.now() + 1, 10);
  world.hand.time += 2 * DAY;
  await world.job('scrub-blobs', {});
  await world.job('expire-uploads', {});
  const after = await world.store.records.upkeep.leastVerified(world.clock.now() + 1, 10);
  assert.ok(before.length > 0 && after.every(({ verifiedAt }) => verifiedAt === world.clock.now()));
});
