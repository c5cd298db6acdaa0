import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushTo, signal } from '#test/fixtures/catalog-world.ts';
import { documents, environment, without } from '#test/fixtures/judging-documents.ts';
import { openJudgingWorld } from '#test/fixtures/judging-world.ts';
import { judgeTogether } from './judge-together.ts';

test('images that are judged at the same time are judged by the same policies, later ones by those of then', async (context) => {
  const options = { advisories: null, documents: documents(environment(), without('no-musl', 'musl')) };
  const world = await openJudgingWorld(context, options);
  const tags = ['1', '2', '3'];
  const images = await Promise.all(
    tags.map(async (tag) => {
      const digest = await pushTo(world, 'team/app', { tag, layers: [tag] });
      await world.know('team/app', digest, ['musl@1.1']);
      return { repository: 'team/app', digest, cause: 'new' };
    }),
  );
  let asked = 0;
  const policies = async () => {
    asked += 1;
    return await world.policies();
  };
  const judge = judgeTogether({ ...world, policies });
  const outcomes = async () =>
    await Promise.all(images.map(async (image) => [await judge(image, signal), await outcomeOf(image.digest)]));
  const outcomeOf = async (digest: (typeof images)[number]['digest']) => {
    const { id } = (await world.store.records.repositories.find('team/app')) ?? { id: '' };
    return (await world.store.records.judgements.ofImage(id, digest)).map(({ outcome }) => outcome).join();
  };
  assert.deepEqual([await outcomes(), asked], [tags.map(() => ['judged', 'refused']), 1]);
  await world.decideBy(documents(environment(), without('no-musl', 'something')));
  assert.deepEqual([await outcomes(), asked], [tags.map(() => ['judged', 'admitted']), 2]);
});
