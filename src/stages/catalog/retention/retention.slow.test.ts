import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { compareText } from '#base/compare.ts';
import type { Digest } from '#base/digest.ts';
import {
  ADMIN,
  DAY,
  HOUR,
  openWorld,
  pushIndexTo,
  pushTo,
  repositoryOf,
  signal,
  type World,
} from '#test/fixtures/catalog-world.ts';
import { describeRepository } from '../details/describe.ts';
import { setUses } from '../details/set-uses.ts';
import { restoreImage } from '../restore.ts';
import { applyRetention, type Retention } from './apply-retention.ts';
import type { RetentionRule } from './rule.ts';

const REPOSITORY = 'team/app';
const RULE: RetentionRule = {
  name: 'rule',
  repositories: 'team/*',
  labels: {},
  tags: [],
  untagged: true,
  annotations: {},
  keepLast: 0,
  olderThanMs: null,
};

interface Pushed extends World {
  /** By tag, an hour between each, the oldest first; those without a tag have none in their name. */
  readonly images: ReadonlyMap<string, Digest>;
  apply(rule: Partial<RetentionRule>, dryRun?: boolean): Promise<Retention>;
  /** Names of those that are there. */
  left(): Promise<readonly string[]>;
}

async function pushed(context: TestContext, names: readonly string[]): Promise<Pushed> {
  const world = await openWorld(context);
  const images = new Map<string, Digest>();
  for (const name of names) {
    world.hand.time += HOUR;
    const tag = name.startsWith('-') ? {} : { tag: name };
    images.set(name, await pushTo(world, REPOSITORY, { layers: [name], ...tag }));
  }
  return {
    ...world,
    images,
    apply: async (rule, dryRun = false) =>
      await applyRetention(world, { rules: [{ ...RULE, ...rule }], dryRun, signal }),
    left: async () => {
      const { id } = await repositoryOf(world, REPOSITORY);
      const found = await Promise.all(
        [...images].map(async ([name, digest]) =>
          (await world.store.records.manifests.find(id, digest, null)) === null ? [] : [name],
        ),
      );
      return found.flat();
    },
  };
}

for (const [what, rule, left] of [
  ['the newest stay', { keepLast: 2 }, ['pr-3', '-b']],
  ['only what has such a tag goes', { tags: ['pr-.*'], untagged: false }, ['v1', '-a', '-b']],
  [
    'of what has such a tag the newest stay',
    { tags: ['pr-.*'], untagged: false, keepLast: 1 },
    ['v1', '-a', 'pr-3', '-b'],
  ],
  ['what is young stays', { olderThanMs: 3 * HOUR }, ['pr-1', 'pr-2', 'pr-3', '-b']],
  ['what has a tag stays', { tags: ['nothing'] }, ['v1', 'pr-1', 'pr-2', 'pr-3']],
  ['another repository is not meant', { repositories: 'other/*' }, ['v1', '-a', 'pr-1', 'pr-2', 'pr-3', '-b']],
  [
    'a repository without the label is not meant',
    { labels: { tier: 'one' } },
    ['v1', '-a', 'pr-1', 'pr-2', 'pr-3', '-b'],
  ],
  [
    'an image without the annotation is not meant',
    { annotations: { a: 'b' } },
    ['v1', '-a', 'pr-1', 'pr-2', 'pr-3', '-b'],
  ],
  [
    'a pattern that is none lets nothing go',
    { tags: ['('], untagged: false },
    ['v1', '-a', 'pr-1', 'pr-2', 'pr-3', '-b'],
  ],
] as const) {
  test(`retention: ${what}`, async (context) => {
    const world = await pushed(context, ['v1', '-a', 'pr-1', 'pr-2', 'pr-3', '-b']);
    const planned = await world.apply(rule, true);
    assert.equal((await world.left()).length, 6);
    const applied = await world.apply(rule);
    assert.deepEqual(await world.left(), left);
    assert.deepEqual({ ...applied, dryRun: true }, planned);
    assert.deepEqual([applied.gone, applied.kept], [6 - left.length, 0]);
  });
}

test('what runs stays, itself or as a platform of an index, and so does a tag that is never deleted', async (context) => {
  const world = await pushed(context, ['used', 'kept', 'free']);
  const child = await pushTo(world, REPOSITORY, { layers: ['child'] });
  const index = await pushIndexTo(world, REPOSITORY, [child], 'index');
  const used = { repository: REPOSITORY, environment: 'prod' };
  await setUses(world, ADMIN, 'cluster', [
    { ...used, digest: child },
    { ...used, digest: world.images.get('used') ?? child },
  ]);
  await describeRepository(world, ADMIN, REPOSITORY, { immutableTags: ['kept'] });
  const expected = [
    'free: goes',
    'index: it runs at cluster in prod',
    'kept: the tag kept is never deleted',
    'used: it runs at cluster in prod',
  ];
  for (const dryRun of [true, false]) {
    const { entries, gone, kept } = await world.apply({}, dryRun);
    assert.deepEqual(
      entries.map((entry) => `${entry.tags.join()}: ${entry.kept ?? 'goes'}`).toSorted(compareText),
      expected,
    );
    assert.deepEqual([gone, kept], [1, 3]);
  }
  assert.deepEqual(await world.left(), ['used', 'kept']);
  const { id } = await repositoryOf(world, REPOSITORY);
  for (const digest of [child, index]) {
    assert.notEqual(await world.store.records.manifests.find(id, digest, null), null);
  }
  await setUses(world, ADMIN, 'cluster', []);
  assert.deepEqual((await world.apply({})).gone, 2);
});

test('what went can be restored, with its tags; what hangs on an image is not looked at', async (context) => {
  const world = await pushed(context, ['v1']);
  const digest = world.images.get('v1');
  assert.ok(digest !== undefined);
  await pushTo(world, REPOSITORY, { subject: digest, artifactType: 'text/report', layers: ['report'] });
  assert.equal((await world.apply({ olderThanMs: DAY }, true)).gone, 0);
  assert.equal((await world.apply({})).gone, 1);
  assert.deepEqual(await world.left(), []);
  await restoreImage(world, ADMIN, { repository: REPOSITORY, digest });
  const back = await world.store.records.manifests.resolve(REPOSITORY, { tag: 'v1' }, null);
  assert.equal(back?.digest, digest);
});
