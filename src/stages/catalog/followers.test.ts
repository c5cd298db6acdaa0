import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { type Subject, WORKER } from '#model/platform/access.ts';
import {
  ADMIN,
  APPROVER,
  openWorld,
  pushIndexTo,
  pushTo,
  repositoryOf,
  type World,
} from '#test/fixtures/catalog-world.ts';
import { changeState, setApproval } from './state.ts';

const REPOSITORY = 'team/app';
const change = { repository: REPOSITORY, reason: 'found out' } as const;
const OTHER: Subject = { ...ADMIN, id: 'user:other' };

async function standingOf(world: World, digest: Digest, environment: string | null = null) {
  const { id } = await repositoryOf(world, REPOSITORY);
  const found = await world.store.records.manifests.find(id, digest, environment);
  return { state: found?.standing.state?.lifecycle, decision: found?.standing.approval?.decision ?? null };
}

/** An index in quarantine because of its first platform; policy let out the second, and a person the third. */
async function mixed(world: World) {
  const platforms = [];
  for (const layer of ['1', '2', '3']) {
    platforms.push(await pushTo(world, REPOSITORY, { layers: [layer] }));
  }
  const [held, ours, theirs] = platforms as [Digest, Digest, Digest];
  const index = await pushIndexTo(world, REPOSITORY, platforms, '1');
  world.hand.time += 1;
  await changeState(world, WORKER, { repository: REPOSITORY, digest: ours, to: 'approved', reason: 'admitted' });
  await changeState(world, APPROVER, { repository: REPOSITORY, digest: theirs, to: 'approved', reason: 'needed' });
  world.hand.time += 1;
  return { held, ours, theirs, index };
}

for (const [to, expected] of [
  ['revoked', ['revoked', 'revoked', 'revoked']],
  ['expired', ['expired', 'expired', 'approved']],
  ['quarantined', ['quarantined', 'quarantined', 'approved']],
] as const) {
  test(`an index in quarantine that is ${to} takes along what policy had let out of it`, async (context) => {
    const world = await openWorld(context);
    const { held, ours, theirs, index } = await mixed(world);
    const { parts } = await changeState(world, OTHER, { ...change, digest: index, to });
    assert.deepEqual(
      await Promise.all([held, ours, theirs].map(async (one) => (await standingOf(world, one)).state)),
      expected,
    );
    const changed = to === 'revoked' ? [held, ours, theirs] : [held, ours];
    assert.deepEqual(parts, changed.toSorted());
    // What a person held back is not let out by a verdict.
    const { id } = await repositoryOf(world, REPOSITORY);
    const found = await world.store.records.manifests.find(id, held, null);
    assert.equal(found?.standing.state?.by, 'user:other');
  });
}

test('a platform of another index that is served stays with it, unless the whole is revoked', async (context) => {
  const world = await openWorld(context);
  const shared = await pushTo(world, REPOSITORY, { layers: ['shared'] });
  const own = await pushTo(world, REPOSITORY, { layers: ['own'] });
  const [old, current] = [
    await pushIndexTo(world, REPOSITORY, [shared, own], '1'),
    await pushIndexTo(world, REPOSITORY, [shared], '2'),
  ];
  for (const digest of [old, current]) {
    await changeState(world, WORKER, { ...change, digest, to: 'approved', reason: 'admitted' });
  }
  await changeState(world, OTHER, { ...change, digest: old, to: 'expired' });
  const states = async () => [(await standingOf(world, shared)).state, (await standingOf(world, own)).state];
  assert.deepEqual(await states(), ['approved', 'expired']);
  const { parts } = await changeState(world, OTHER, { ...change, digest: old, to: 'revoked' });
  assert.deepEqual(await states(), ['revoked', 'revoked']);
  assert.deepEqual(parts, [shared, own].toSorted());
});

test('to revoke once more reaches what was let out since', async (context) => {
  const world = await openWorld(context);
  const { ours, index } = await mixed(world);
  await changeState(world, OTHER, { ...change, digest: index, to: 'revoked' });
  const again = async () => (await changeState(world, OTHER, { ...change, digest: index, to: 'revoked' })).parts;
  assert.deepEqual(await again(), []);
  await changeState(world, OTHER, { ...change, digest: ours, to: 'approved' });
  assert.deepEqual(await again(), [ours]);
  assert.equal((await standingOf(world, ours)).state, 'revoked');
});

test('a refusal for an environment is one of all platforms, whatever policy said of each', async (context) => {
  const world = await openWorld(context);
  const { held, ours, theirs, index } = await mixed(world);
  const prod = { ...change, environment: 'prod' } as const;
  await setApproval(world, WORKER, { ...prod, digest: ours, decision: 'approved' });
  await setApproval(world, WORKER, { ...prod, digest: index, decision: 'approved' });
  await setApproval(world, WORKER, { ...prod, digest: held, decision: 'refused' });
  await setApproval(world, APPROVER, { ...prod, digest: theirs, decision: 'refused', reason: 'theirs' });
  const { parts } = await setApproval(world, OTHER, { ...prod, digest: index, decision: 'refused' });
  assert.deepEqual(parts, [held, ours].toSorted());
  for (const digest of [held, ours, theirs, index]) {
    assert.equal((await standingOf(world, digest, 'prod')).decision, 'refused');
  }
});
