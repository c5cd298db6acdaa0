import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { CatalogModel } from '#test/fixtures/catalog-model.ts';
import { openWorld } from '#test/fixtures/catalog-world.ts';
import { startPostgres } from '#test/fixtures/postgres.ts';
import { randomOf } from '#test/fixtures/random.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'platform/garbage-collection',
  'self-made',
  'random pushes, mounts, deletions, restores and collections at once, against a model',
);

for (const seed of [1, 2, 3]) {
  test(`whatever happens at once with collections, what is live is whole (seed ${seed})`, async (context) => {
    await play(context, seed, null);
  });
}

test('the same with PostgreSQL, where transactions see of each other what they see', {
  skip: missing('postgresql'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  for (const seed of [4, 5]) {
    await play(context, seed, await postgres.createDatabase());
  }
});

async function play(context: TestContext, seed: number, postgres: string | null): Promise<void> {
  const model = new CatalogModel(await openWorld(context, postgres), randomOf(seed));
  for (let round = 0; round < 20; round += 1) {
    await model.round();
  }
  for (const [what, count] of Object.entries(model.counts)) {
    assert.ok(count > 0, `${what} never happened`);
  }
}
