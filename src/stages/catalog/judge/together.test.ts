import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import { openWorld, type World } from '#test/fixtures/catalog-world.ts';
import { Together } from './together.ts';

interface Counted extends World {
  readonly together: Together;
  readonly counts: { transactions: number };
}

async function openCounted(context: TestContext): Promise<Counted> {
  const world = await openWorld(context);
  const counts = { transactions: 0 };
  const transaction: MetadataStore['transaction'] = async (work) => {
    counts.transactions += 1;
    return await world.store.transaction(work);
  };
  return { ...world, counts, together: new Together({ ...world.store, transaction }, () => world.hand.time) };
}

async function named({ store }: World): Promise<readonly string[]> {
  const page = await store.records.repositories.list([''], { after: null, limit: 100 });
  return page.map(({ name }) => name);
}

function making(name: string, world: World): (records: Records) => Promise<Repository> {
  return async (records) => await records.repositories.ensure(name, world.hand.time);
}

test('transactions of those who work at the same time are one, as soon as nobody else wants one', async (context) => {
  const world = await openCounted(context);
  const gate = Promise.withResolvers<void>();
  const all = Promise.all([
    ...['a/one', 'a/two'].map((name) => world.together.join(({ store }) => store.transaction(making(name, world)))),
    world.together.join(async () => await gate.promise),
  ]);
  assert.deepEqual([await named(world), world.counts.transactions], [[], 0]);
  gate.resolve();
  const [one, two] = await all;
  assert.deepEqual([one?.name, two?.name, world.counts.transactions], ['a/one', 'a/two', 1]);
  assert.deepEqual(await named(world), ['a/one', 'a/two']);
  await world.together.join(async ({ store }) => {
    await store.transaction(making('a/three', world));
    await store.transaction(making('a/four', world));
  });
  assert.equal(world.counts.transactions, 3);
});

test('what one throws is its own: the others are written, each by itself', async (context) => {
  const world = await openCounted(context);
  const attested: string[] = [];
  const judged = await Promise.allSettled(
    ['b/one', 'b/broken', 'b/two'].map((name) =>
      world.together.join(async ({ store, askToAttest }) => {
        await store.transaction(async (records) => {
          const repository = await making(name, world)(records);
          askToAttest(repository, { repository: name, digest: digestOf(name) });
          if (name === 'b/broken') {
            throw new Error('broken');
          }
        });
        attested.push(name);
      }),
    ),
  );
  assert.deepEqual(
    judged.map((one) => (one.status === 'rejected' ? String(one.reason) : 'done')),
    ['done', 'Error: broken', 'done'],
  );
  assert.deepEqual(
    [await named(world), attested],
    [
      ['b/one', 'b/two'],
      ['b/one', 'b/two'],
    ],
  );
  assert.equal((await world.store.jobs.counts()).waiting, 2);
});

test('a commit that fails fails for all of them, and is not tried again for each', async (context) => {
  const world = await openWorld(context);
  let tries = 0;
  const transaction: MetadataStore['transaction'] = async (work) => {
    tries += 1;
    await world.store.transaction(work);
    throw new Error('the connection was lost');
  };
  const together = new Together({ ...world.store, transaction }, () => world.hand.time);
  const all = ['c/one', 'c/two'].map((name) => together.join(({ store }) => store.transaction(making(name, world))));
  const settled = await Promise.allSettled(all);
  assert.deepEqual([settled.map(({ status }) => status), tries], [['rejected', 'rejected'], 1]);
});

test('one job attests all that was judged together', async (context) => {
  const world = await openCounted(context);
  const before = (await world.store.jobs.counts()).waiting;
  await Promise.all(
    ['d/one', 'd/two'].map((name) =>
      world.together.join(({ store, askToAttest }) =>
        store.transaction(async (records) => {
          askToAttest(await making(name, world)(records), { repository: name, digest: digestOf(name) });
        }),
      ),
    ),
  );
  assert.equal((await world.store.jobs.counts()).waiting, before + 1);
});
