import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushIndexTo, pushTo, repositoryOf } from '#test/fixtures/catalog-world.ts';
import { documents, environment, without } from '#test/fixtures/judging-documents.ts';
import { openJudgingWorld } from '#test/fixtures/judging-world.ts';
import { deriveIndex } from './derive-index.ts';
import { storedOriginOf } from './origin.ts';

test('an index about which somebody decides at the same moment is derived again', async (context) => {
  const world = await openJudgingWorld(context, {
    advisories: null,
    documents: documents(environment(), without('no-musl', 'musl')),
  });
  const { store } = world;
  const name = 'team/app';
  const digest = await pushTo(world, name, {});
  await world.know(name, digest, ['zlib@1.2']);
  const index = await pushIndexTo(world, name, [digest]);
  await world.judge(name, digest);
  const policies = await world.policies();
  const manifest = (await store.records.manifests.resolve(name, { digest: index }, null)) ?? assert.fail('no index');
  const repository = await repositoryOf(world, name);
  const derived = { repository, digest: index, origin: storedOriginOf(world, policies, manifest), policies };
  await store.records.manifests.setState(repository.id, index, 'approved', {
    lifecycle: 'quarantined',
    reason: 'so it was',
    since: 2,
    by: 'worker',
  });
  const [due] = await store.records.judgements.take(10, world.hand.time, world.hand.time + 1);
  if (due !== undefined) {
    await store.records.judgements.done([{ repositoryId: repository.id, digest: digest }], due.lease);
  }
  const late: typeof store = {
    ...store,
    records: store.records,
    transaction: (work) =>
      store.transaction((records) =>
        work({ ...records, manifests: { ...records.manifests, setState: () => Promise.resolve(false) } }),
      ),
  };
  await deriveIndex({ ...world, store: late }, derived);
  const [again] = await store.records.judgements.take(10, world.hand.time, world.hand.time + 1);
  assert.deepEqual([again?.digest, again?.cause], [digest, 'time']);
});
