import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageState } from '#model/platform/state.ts';
import { DAY, openWorld, pushTo, repositoryOf } from '#test/fixtures/catalog-world.ts';
import { objectionTo } from './history.ts';

const REPOSITORY = 'mirror/app';

for (const [lifecycle, outcome] of [
  ['revoked', 'refused'],
  ['expired', 'refused'],
  ['quarantined', 'held'],
] as const) {
  test(`what a person made ${lifecycle} is not taken again, whether it was deleted or collected since`, async (context) => {
    const world = await openWorld(context);
    const digest = await pushTo(world, REPOSITORY, {});
    const { id } = await repositoryOf(world, REPOSITORY);
    const { records } = world.store;
    const asked = { repository: REPOSITORY, upstream: 'docker.io/library/app', digest, changedAt: 0 };
    assert.equal(await objectionTo(records, asked), null);
    const since = world.hand.time + 1;
    const state: ImageState = { lifecycle, reason: 'ticket 7', since, by: 'user:bob' };
    await records.manifests.setState(id, digest, 'quarantined', state);
    const objections = [await objectionTo(records, asked)];
    await records.trash.delete(id, digest, 'worker', since);
    objections.push(await objectionTo(records, asked));
    assert.ok(await records.trash.purge(id, digest, since + DAY));
    objections.push(await objectionTo(records, asked));
    for (const objection of objections) {
      assert.equal(objection?.state, outcome);
      assert.match(objection.reason, /: ticket 7$/);
    }
    assert.equal(await objectionTo(records, { ...asked, repository: 'mirror/other' }), null);
  });
}
