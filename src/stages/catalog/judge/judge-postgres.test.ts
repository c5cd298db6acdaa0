import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { eventsOf, pushIndexTo, pushTo, repositoryOf } from '#test/fixtures/catalog-world.ts';
import { documents, environment, without } from '#test/fixtures/judging-documents.ts';
import { type JudgingWorld, openJudgingWorld } from '#test/fixtures/judging-world.ts';
import { startPostgres } from '#test/fixtures/postgres.ts';
import { missing } from '#test/prerequisites.ts';

const REPOSITORY = 'team/app';

async function known(world: JudgingWorld, text: string): Promise<Digest> {
  const digest = await pushTo(world, REPOSITORY, { layers: [text] });
  await world.know(REPOSITORY, digest, ['zlib@1.2']);
  return digest;
}

test('PostgreSQL: whoever judges two platforms at once leaves their index approved; a word that was said meanwhile stands', {
  skip: missing('postgresql'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  const world = await openJudgingWorld(context, {
    advisories: null,
    documents: documents(environment(), without('no-musl', 'musl')),
    postgres: postgres.url,
  });
  const platforms = [await known(world, 'one'), await known(world, 'other'), await known(world, 'third')];
  const index = await pushIndexTo(world, REPOSITORY, platforms);
  await Promise.all(platforms.map(async (digest) => await world.judge(REPOSITORY, digest)));
  const repository = await repositoryOf(world, REPOSITORY);
  const { manifests } = world.store.records;
  assert.equal((await manifests.find(repository.id, index, null))?.standing.state?.lifecycle, 'approved');
  const [approval] = await manifests.approvals(repository.id, index);
  assert.ok(approval?.decision === 'approved');
  const refusal = { ...approval, decision: 'refused', decidedBy: 'user:bob', reason: 'no' } as const;
  assert.equal(await manifests.replaceApproval(repository, index, null, refusal), false);
  assert.equal(await manifests.replaceApproval(repository, index, approval, refusal), true);
  assert.equal(await manifests.replaceApproval(repository, index, approval, approval), false);
  assert.equal((await eventsOf(world, 'image.state-changed.v1')).length, 4);
});
