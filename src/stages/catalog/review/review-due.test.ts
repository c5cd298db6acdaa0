import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { silentLog } from '#base/log.ts';
import type { JudgementPriority } from '#model/platform/judgement.ts';
import { APPROVER, HOUR, openWorld, pushTo, repositoryOf, signal, type World } from '#test/fixtures/catalog-world.ts';
import { changeState } from '../state.ts';
import type { ImageToJudge } from './context.ts';
import { type Reviewed, reviewDue } from './review-due.ts';

const REPOSITORY = 'team/app';
const MINUTE = 60 * 1000;

interface ReviewWorld extends World {
  readonly judged: ImageToJudge[];
  review(more?: Partial<Parameters<typeof reviewDue>[1]>): Promise<Reviewed>;
}

async function openReviewWorld(context: TestContext): Promise<ReviewWorld> {
  const world = await openWorld(context);
  const judged: ImageToJudge[] = [];
  const judge = (image: ImageToJudge): Promise<void> => {
    judged.push(image);
    return Promise.resolve();
  };
  return {
    ...world,
    judged,
    review: async (more = {}) => await reviewDue({ ...world, log: silentLog }, { judge, lane: 0, signal, ...more }),
  };
}

/** An image that was analysed, and is of this priority. */
async function imageOf(world: World, priority: JudgementPriority, layer: string): Promise<Digest> {
  const digest = await pushTo(world, REPOSITORY, { layers: [layer] });
  const repository = await repositoryOf(world, REPOSITORY);
  const { records } = world.store;
  await records.inventories.assign(repository, digest, { layerSet: null, unknowns: [], analysedAt: world.hand.time });
  if (priority !== 'rest') {
    await changeState(world, APPROVER, { repository: REPOSITORY, digest, to: 'approved', reason: 'looked at' });
  }
  if (priority === 'running') {
    const use = { repositoryId: repository.id, digest, environment: null };
    await records.catalog.setUses('cluster', [use], world.hand.time);
  }
  return digest;
}

async function markAll({ store, hand }: World, cause = 'policy'): Promise<void> {
  await store.records.judgements.mark({ kind: 'repositories', prefixes: null }, cause, hand.time);
}

async function due({ store }: World): Promise<number> {
  const { running, promoted, rest } = await store.records.judgements.due();
  return running + promoted + rest;
}

test('what runs is judged first, then what is served, then the rest; all of it once', async (context) => {
  const world = await openReviewWorld(context);
  const images = new Map<Digest, JudgementPriority>();
  for (const priority of ['rest', 'promoted', 'running'] as const) {
    images.set(await imageOf(world, priority, priority), priority);
  }
  await markAll(world);
  assert.deepEqual(await world.review({ batch: 1 }), { judged: 3, failed: 0, isDone: true });
  assert.deepEqual(
    world.judged.map(({ digest, cause, repository }) => [images.get(digest), cause, repository]),
    [
      ['running', 'policy', REPOSITORY],
      ['promoted', 'policy', REPOSITORY],
      ['rest', 'policy', REPOSITORY],
    ],
  );
  assert.deepEqual([await due(world), await world.review()], [0, { judged: 0, failed: 0, isDone: true }]);
});

test('one that fails holds up nobody, stays due, and comes again when its lease is over', async (context) => {
  const world = await openReviewWorld(context);
  const broken = await imageOf(world, 'running', 'broken');
  await imageOf(world, 'rest', 'sound');
  await markAll(world);
  const lines: unknown[] = [];
  const log = { ...silentLog, warn: (_: string, fields: unknown) => lines.push(fields) };
  const judge = async ({ digest }: ImageToJudge): Promise<void> => {
    await Promise.resolve();
    if (digest === broken) {
      throw new Error('cannot be judged');
    }
  };
  const review = async (): Promise<Reviewed> =>
    await reviewDue({ ...world, log }, { judge, lane: 0, signal, batch: 1 });
  assert.deepEqual(await review(), { judged: 1, failed: 1, isDone: true });
  assert.deepEqual(lines, [{ repository: REPOSITORY, digest: broken, cause: 'policy', error: 'cannot be judged' }]);
  assert.deepEqual([await due(world), await review()], [1, { judged: 0, failed: 0, isDone: true }]);
  world.hand.time += 5 * MINUTE;
  assert.deepEqual(await world.review(), { judged: 1, failed: 0, isDone: true });
  assert.equal(await due(world), 0);
});

test('what is marked while it is judged is judged again', async (context) => {
  const world = await openReviewWorld(context);
  await imageOf(world, 'rest', 'one');
  await markAll(world);
  let times = 0;
  const judge = async (): Promise<void> => {
    times += 1;
    if (times === 1) {
      await markAll(world, 'advisories');
    }
  };
  assert.deepEqual(await world.review({ judge, batch: 1 }), { judged: 2, failed: 0, isDone: true });
  assert.deepEqual([times, await due(world)], [2, 0]);
});

test('what has to be known is asked for after an image was taken and before it is judged', async (context) => {
  const world = await openReviewWorld(context);
  const said: string[] = [];
  const prepare = async (): Promise<boolean> => {
    said.push(
      `${(await world.store.records.judgements.take(10, world.hand.time, world.hand.time + HOUR)).length} left`,
    );
    return true;
  };
  const judge = (): Promise<void> => Promise.resolve(void said.push('judged'));
  await world.review({ judge, prepare });
  assert.deepEqual(said, []);
  await imageOf(world, 'rest', 'one');
  await markAll(world);
  await world.review({ judge, prepare });
  assert.deepEqual(said, ['0 left', 'judged']);
});

test('who cannot know what has to be known judges nothing, and leaves it to others at once', async (context) => {
  const world = await openReviewWorld(context);
  await imageOf(world, 'rest', 'one');
  await markAll(world);
  const before = (await world.store.jobs.counts()).waiting;
  assert.deepEqual(await world.review({ prepare: () => Promise.resolve(false) }), {
    judged: 0,
    failed: 0,
    isDone: false,
  });
  assert.equal((await world.store.jobs.counts()).waiting, before + 1);
  await assert.rejects(world.review({ prepare: () => Promise.reject(new Error('no database')) }), /no database/);
  assert.deepEqual(world.judged, []);
  assert.deepEqual(await world.review({ lane: 1 }), { judged: 1, failed: 0, isDone: true });
});

test('a turn ends in time and asks for another one; more than one can do is for others as well', async (context) => {
  const world = await openReviewWorld(context);
  for (const layer of ['1', '2', '3', '4']) {
    await imageOf(world, 'rest', layer);
  }
  await markAll(world);
  const judge = (): Promise<void> => {
    world.hand.time += MINUTE;
    return Promise.resolve();
  };
  const before = (await world.store.jobs.counts()).waiting;
  assert.deepEqual(await world.review({ judge, batch: 2 }), { judged: 2, failed: 0, isDone: false });
  // Another worker's lane, and the next turn of this one.
  assert.equal((await world.store.jobs.counts()).waiting, before + 2);
  assert.deepEqual(await world.review({ judge, batch: 2, lane: 7 }), { judged: 2, failed: 0, isDone: false });
  assert.equal(await due(world), 0);
});

test('what is left of a batch when its lease is over is left to others', async (context) => {
  const world = await openReviewWorld(context);
  await imageOf(world, 'rest', '1');
  await imageOf(world, 'rest', '2');
  await markAll(world);
  const judge = (): Promise<void> => {
    world.hand.time += HOUR;
    return Promise.resolve();
  };
  const { judged } = await world.review({ judge, leaseMs: MINUTE });
  assert.deepEqual([judged, await due(world)], [1, 1]);
});

test('who is stopped keeps nothing as judged, and leaves it to others at once', async (context) => {
  const world = await openReviewWorld(context);
  await imageOf(world, 'rest', '1');
  await markAll(world);
  const stop = new AbortController();
  const judge = (): Promise<void> => {
    stop.abort(new Error('stopped'));
    return Promise.reject(new Error('in the middle'));
  };
  await assert.rejects(world.review({ judge, signal: stop.signal }), /stopped/);
  assert.equal(await due(world), 1);
  assert.equal((await world.review()).judged, 1);
});
