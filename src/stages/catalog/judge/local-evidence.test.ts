import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexOf } from '#base/digest.ts';
import { openWorld, pushTo, repositoryOf, signal } from '#test/fixtures/catalog-world.ts';
import { localEvidence } from './local-evidence.ts';

const REPOSITORY = 'team/app';

test('a signature is found by its tag among few and among many; what is not there is not', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, { layers: ['one'] });
  const signature = await pushTo(world, REPOSITORY, { layers: ['signature'] });
  const repository = await repositoryOf(world, REPOSITORY);
  const { manifests, tags } = world.store.records;
  const manifest = await manifests.resolve(REPOSITORY, { digest }, null);
  assert.ok(manifest !== null);
  const stem = `sha256-${hexOf(digest)}`;
  const found = async (tag: string): Promise<string | undefined> =>
    (await localEvidence(world, manifest).manifest({ tag }, signal))?.digest;
  const set = async (tag: string): Promise<unknown> =>
    await tags.set(repository, tag, signature, 'user:alice', world.hand.time);
  assert.equal(await found(`${stem}.sig`), undefined);
  await set(`${stem}.sig`);
  // Of another digest that sorts right behind it.
  await set(`sha256-${'f'.repeat(64)}.att`);
  assert.deepEqual(
    [await found(`${stem}.sig`), await found(`${stem}.att`), await found(stem)],
    [signature, undefined, undefined],
  );
  for (let count = 0; count < 40; count += 1) {
    await set(`${stem}.${String(count).padStart(32, '0')}`);
  }
  assert.deepEqual([await found(`${stem}.sig`), await found(`${stem}.sbom`)], [signature, undefined]);
});

test('the image itself is not read again', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, { layers: ['one'] });
  const other = await pushTo(world, REPOSITORY, { layers: ['other'] });
  const manifest = await world.store.records.manifests.resolve(REPOSITORY, { digest }, null);
  assert.ok(manifest !== null);
  const local = localEvidence(world, manifest);
  assert.equal(await local.manifest({ digest }, signal), manifest);
  assert.equal((await local.manifest({ digest: other }, signal))?.digest, other);
});
