import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { silentLog } from '#base/log.ts';
import { openStores, openWorld, signal, type World } from '#test/fixtures/catalog-world.ts';
import { startPostgres } from '#test/fixtures/postgres.ts';
import { missing } from '#test/prerequisites.ts';
import { reviewDue } from './review-due.ts';

const REPOSITORY = 'team/app';
const IMAGES = 120;

/** Images that are analysed and due. */
async function dueImages(world: World): Promise<readonly Digest[]> {
  const { records } = world.store;
  const now = world.hand.time;
  const repository = await records.repositories.ensure(REPOSITORY, now);
  const digests: Digest[] = [];
  for (let count = 0; count < IMAGES; count += 1) {
    const content = Buffer.from(`image ${count}`);
    const digest = digestOf(content);
    const manifest = {
      digest,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: null,
      size: content.length,
      subject: null,
      governor: digest,
      annotations: {},
      pushedBy: 'user:alice',
      pushedAt: now,
      content,
      references: [],
    };
    await records.manifests.insert(repository, manifest, {
      lifecycle: 'quarantined',
      reason: 'new',
      since: now,
      by: 'x',
    });
    await records.inventories.assign(repository, digest, { layerSet: null, unknowns: [], analysedAt: now });
    digests.push(digest);
  }
  await records.judgements.mark({ kind: 'repositories', prefixes: null }, 'policy', now);
  return digests;
}

/** Two workers with stores of their own: each image is judged once, and both have a share. */
async function shareImages(context: TestContext, postgres: string | null): Promise<void> {
  const world = await openWorld(context, postgres);
  const digests = await dueImages(world);
  const judged: { readonly worker: number; readonly digest: Digest }[] = [];
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const workers = begun.map(async (own, worker) => {
    const { store } = await openStores({ folder: world.folder, postgres }, world.clock);
    try {
      const judge = async ({ digest }: { readonly digest: Digest }): Promise<void> => {
        own.resolve();
        // Neither of them can do all of it before the other has begun.
        await Promise.all(begun.map(({ promise }) => promise));
        judged.push({ worker, digest });
      };
      return await reviewDue({ store, clock: world.clock, log: silentLog }, { judge, lane: worker, signal, batch: 10 });
    } finally {
      await store.close();
    }
  });
  const reviewed = await Promise.all(workers);
  assert.deepEqual(
    reviewed.map(({ failed, isDone }) => [failed, isDone]),
    [
      [0, true],
      [0, true],
    ],
  );
  assert.deepEqual(judged.map(({ digest }) => digest).toSorted(), [...digests].toSorted());
  assert.deepEqual(new Set(judged.map(({ worker }) => worker)), new Set([0, 1]));
  assert.deepEqual(await world.store.records.judgements.due(), { running: 0, promoted: 0, rest: 0 });
}

test('two workers share what is due, and judge each image once: SQLite', async (context) => {
  await shareImages(context, null);
});

test('two workers share what is due, and judge each image once: PostgreSQL', {
  skip: missing('postgresql'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  await shareImages(context, await postgres.createDatabase());
});
