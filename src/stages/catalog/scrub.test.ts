import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '#base/log.ts';
import { evidence } from '#test/evidence.ts';
import {
  ADMIN,
  DAY,
  eventsOf,
  faultsOfBlob,
  HOUR,
  openWorld,
  repositoryOf,
  signal,
  uploadTo,
  type World,
} from '#test/fixtures/catalog-world.ts';
import { missing } from '#test/prerequisites.ts';
import { pullBlob } from './pull-blob.ts';
import { type Scrubbing, type ScrubOptions, scrubBlobs } from './scrub.ts';

evidence('platform/scrubber', 'self-made', 'files of blobs that are changed and removed behind the back of the store');
evidence(
  'platform/scrubber',
  'real tool',
  'sha256sum of coreutils over the files: the same are damaged, and are the same bytes instead',
);

const REPOSITORY = 'team/app';

async function scrub(world: World, options: Partial<ScrubOptions> = {}): Promise<Scrubbing> {
  return await scrubBlobs(world, { freshMs: DAY, maxBytes: 1e9, rate: null, signal, log: silentLog, ...options });
}

async function keyOf(world: World, digest: Awaited<ReturnType<typeof uploadTo>>['digest']): Promise<string> {
  return join(world.folder, 'blobs', (await world.store.records.blobs.find(digest))?.key ?? '');
}

test('what is not what its digest says is marked, told once, not served, and healed by whoever uploads it again', async (context) => {
  const world = await openWorld(context);
  const repository = async () => await repositoryOf(world, REPOSITORY);
  const { digest } = await uploadTo(world, REPOSITORY, 'what was uploaded');
  const { digest: gone } = await uploadTo(world, REPOSITORY, 'what will be gone');
  await uploadTo(world, REPOSITORY, 'what stays right');
  writeFileSync(await keyOf(world, digest), 'what was_uploaded');
  rmSync(await keyOf(world, gone));
  assert.equal((await scrub(world)).blobs, 0, 'all of them are fresh');
  world.hand.time += DAY + 1;
  const first = await scrub(world);
  assert.deepEqual([first.blobs, first.damaged, first.unreadable], [3, 2, 0]);
  for (const damaged of [digest, gone]) {
    await assert.rejects(pullBlob(world, ADMIN, REPOSITORY, damaged), { code: 'BLOB_ABSENT' });
  }
  world.hand.time += DAY + 1;
  await scrub(world);
  assert.equal((await eventsOf(world, 'blob.damaged.v1')).length, 2);
  await uploadTo(world, REPOSITORY, 'what was uploaded');
  assert.deepEqual(await faultsOfBlob(world, await repository(), digest), []);
  await pullBlob(world, ADMIN, REPOSITORY, digest);
  writeFileSync(await keyOf(world, gone), 'what will be gone');
  world.hand.time += DAY + 1;
  const last = await scrub(world);
  assert.deepEqual([last.damaged, last.healed], [0, 1]);
});

test('what was found of a blob does not count for one that was uploaded again meanwhile', async (context) => {
  const world = await openWorld(context);
  const { digest } = await uploadTo(world, REPOSITORY, 'bytes');
  const before = await world.store.records.blobs.find(digest);
  assert.ok(before !== null);
  await world.store.records.upkeep.setVerified(before, world.hand.time, true);
  await uploadTo(world, REPOSITORY, 'bytes');
  assert.equal(await world.store.records.upkeep.setVerified(before, world.hand.time, true), null);
  assert.equal((await world.store.records.blobs.find(digest))?.damagedAt, null);
});

test('a run ends at its bytes, and the next one goes on with those that were not looked at for longest', async (context) => {
  const world = await openWorld(context);
  for (let at = 0; at < 4; at += 1) {
    await uploadTo(world, REPOSITORY, `blob ${at}`);
    world.hand.time += HOUR;
  }
  world.hand.time += DAY;
  const seen = [await scrub(world, { maxBytes: 7 }), await scrub(world, { maxBytes: 7 }), await scrub(world)];
  assert.deepEqual(
    seen.map(({ blobs }) => blobs),
    [2, 2, 0],
  );
});

test('a store that does not answer says nothing of its blobs', async (context) => {
  const world = await openWorld(context);
  const { digest } = await uploadTo(world, REPOSITORY, 'bytes');
  world.hand.time += 2 * DAY;
  const blobs = { ...world.blobs, read: () => Promise.reject(new Error('not now')) };
  const { damaged, unreadable } = await scrub({ ...world, blobs });
  assert.deepEqual([damaged, unreadable], [0, 1]);
  assert.equal((await world.store.records.blobs.find(digest))?.damagedAt, null);
});

test('names the blobs whose files sha256sum finds to be others', { skip: missing('coreutils') }, async (context) => {
  const world = await openWorld(context);
  const uploaded = [];
  for (let at = 0; at < 6; at += 1) {
    uploaded.push((await uploadTo(world, REPOSITORY, `${'x'.repeat(at * 50_000)} ${at}`)).digest);
  }
  const [, flipped, , shortened] = await Promise.all(uploaded.map(async (digest) => await keyOf(world, digest)));
  writeFileSync(flipped ?? '', 'y', { flag: 'r+' });
  truncateSync(shortened ?? '', 100_000);
  world.hand.time += DAY + 1;
  const { blobs, damaged } = await scrub(world);
  const files = globSync(join(world.folder, 'blobs/blobs/sha256/*/*'));
  assert.deepEqual([blobs, files.length], [6, 6]);
  const lines = execFileSync('sha256sum', files, { encoding: 'utf8' }).trimEnd().split('\n');
  const found = lines
    .map((line) => line.split(/ +/))
    .map(([sum = '', file = '']) => [basename(file).slice(0, 64), sum])
    .filter(([name, sum]) => name !== sum)
    .map(([name, sum]) => `sha256:${name} is sha256:${sum}`);
  assert.equal(damaged, 2);
  const events = await eventsOf(world, 'blob.damaged.v1');
  const told = events.map(({ data }) => data as { readonly digest: string; readonly found: string });
  assert.deepEqual(told.map((each) => `${each.digest} is ${each.found}`).toSorted(), found.toSorted());
});
