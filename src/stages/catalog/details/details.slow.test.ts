import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { loadTagPatterns } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import {
  ADMIN,
  eventsOf,
  openWorld,
  pushIndexTo,
  pushTo,
  repositoryOf,
  type World,
} from '#test/fixtures/catalog-world.ts';
import { deleteManifest, deleteTag } from '../delete.ts';
import { describeRepository } from './describe.ts';
import { setUses } from './set-uses.ts';

const REPOSITORY = 'team/app';
const IMMUTABLE = { code: 'TAG_IMMUTABLE' };

function subject(role: Subject['grants'][number]['role'], environment = '*'): Subject {
  return { id: `user:${role}`, grants: [{ role, scope: 'team/*', environment }], environment: null };
}

async function usesOf(world: World, digest: Awaited<ReturnType<typeof pushTo>>) {
  const { id } = await repositoryOf(world, REPOSITORY);
  return (await world.store.records.catalog.uses(id, digest)).map(({ place, environment }) => [place, environment]);
}

test('who pushes says what a repository is; rules for its tags are for who administers it', async (context) => {
  const world = await openWorld(context);
  await pushTo(world, REPOSITORY, {});
  const publisher = subject('publisher');
  await describeRepository(world, publisher, REPOSITORY, { owner: 'team voyage', labels: { tier: 'one' } });
  const said = await describeRepository(world, publisher, REPOSITORY, { description: 'The app.\nAll of it.' });
  assert.deepEqual(
    [said.owner, said.description, said.labels, said.immutableTags, said.updatedBy],
    ['team voyage', 'The app.\nAll of it.', { tier: 'one' }, [], 'user:publisher'],
  );
  const denied = { code: 'DETAILS_DENIED' };
  await assert.rejects(describeRepository(world, publisher, REPOSITORY, { immutableTags: ['v.*'] }), denied);
  await assert.rejects(describeRepository(world, subject('viewer'), REPOSITORY, { owner: 'me' }), denied);
  await describeRepository(world, subject('admin'), REPOSITORY, { immutableTags: ['v.*'], owner: null });
  const events = await eventsOf(world, 'repository.changed.v1');
  assert.deepEqual(
    events.map(({ subject: about, data }) => [about, data['change']]),
    [
      [REPOSITORY, 'labels, owner'],
      [REPOSITORY, 'description'],
      [REPOSITORY, 'immutableTags, owner'],
    ],
  );
});

for (const [name, change] of [
  ['a pattern that is none', { immutableTags: ['('] }],
  ['a pattern that repeats by number', { immutableTags: ['(a{1000}){1000}'] }],
  ['an empty pattern', { immutableTags: [''] }],
  ['too many patterns', { immutableTags: Array.from({ length: 33 }, () => 'v.*') }],
  ['a control character', { owner: 'a\u0007b' }],
  ['a long description', { description: 'x'.repeat(4001) }],
  ['a label without a name', { labels: { '': 'x' } }],
  ['too many labels', { labels: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`l${at}`, ''])) }],
] as const) {
  test(`${name} is no description`, async (context) => {
    const world = await openWorld(context);
    await pushTo(world, REPOSITORY, {});
    await assert.rejects(describeRepository(world, ADMIN, REPOSITORY, change), { code: 'DETAILS_INVALID' });
  });
}

test('a tag that a rule keeps is never moved or deleted, whoever asks, until the rule is gone', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, { tag: 'v1.0', layers: ['1'] });
  await pushTo(world, REPOSITORY, { tag: 'latest', layers: ['1'] });
  await describeRepository(world, ADMIN, REPOSITORY, { immutableTags: ['v[0-9.]+'] });
  await assert.rejects(pushTo(world, REPOSITORY, { tag: 'v1.0', layers: ['2'] }), IMMUTABLE);
  await assert.rejects(deleteTag(world, ADMIN, REPOSITORY, 'v1.0'), IMMUTABLE);
  await assert.rejects(deleteManifest(world, ADMIN, REPOSITORY, digest), IMMUTABLE);
  const resolved = await world.store.records.manifests.resolve(REPOSITORY, { tag: 'v1.0' }, null);
  assert.equal(resolved?.digest, digest);
  // The same again, another tag and a new one are nobody's loss; the whole of a tag has to be of the pattern.
  await pushTo(world, REPOSITORY, { tag: 'v1.0', layers: ['1'] });
  await pushTo(world, REPOSITORY, { tag: 'latest', layers: ['2'] });
  await pushTo(world, REPOSITORY, { tag: 'v2.0', layers: ['2'] });
  await pushTo(world, REPOSITORY, { tag: 'v1.0-rc', layers: ['2'] });
  await deleteTag(world, ADMIN, REPOSITORY, 'v1.0-rc');
  await describeRepository(world, ADMIN, REPOSITORY, { immutableTags: [] });
  await deleteTag(world, ADMIN, REPOSITORY, 'v1.0');
});

test('patterns take time that grows with the tag alone', async () => {
  const { parseTagPattern } = await loadTagPatterns();
  const matches = parseTagPattern('(a+)+b');
  assert.deepEqual([matches?.('aaab'), matches?.('a'.repeat(128))], [true, false]);
});

test('who deploys says what runs, for what it deploys, at places of its own', async (context) => {
  const world = await openWorld(context);
  const child = await pushTo(world, REPOSITORY, {});
  const index = await pushIndexTo(world, REPOSITORY, [child]);
  const use = { repository: REPOSITORY, digest: index, environment: 'prod' };
  const agent = subject('deployer', 'prod');
  const unknown = { ...use, digest: digestOf('nothing') };
  assert.deepEqual(await setUses(world, agent, 'cluster', [use, unknown]), { known: 1, unknown: 1 });
  assert.deepEqual(await usesOf(world, child), [['user:deployer/cluster', 'prod']]);
  await setUses(world, ADMIN, 'cluster', [{ ...use, digest: child, environment: null }]);
  assert.deepEqual(await usesOf(world, child), [
    ['cluster', null],
    ['user:deployer/cluster', 'prod'],
  ]);
  const denied = { code: 'USES_DENIED' };
  await assert.rejects(setUses(world, agent, 'cluster', [{ ...use, environment: 'test' }]), denied);
  await assert.rejects(setUses(world, agent, 'cluster', [{ ...use, repository: 'other/app' }]), denied);
  await assert.rejects(setUses(world, subject('publisher'), 'cluster', []), denied);
  await assert.rejects(setUses(world, agent, '../cluster', []), { code: 'USES_INVALID' });
  await setUses(world, agent, 'cluster', []);
  assert.deepEqual(await usesOf(world, child), [['cluster', null]]);
});
