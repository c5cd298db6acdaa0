import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { newId } from '#base/uuid.ts';
import type { Subject } from '#model/platform/access.ts';
import {
  ADMIN,
  APPROVER,
  DAY,
  eventsOf,
  openWorld,
  pushIndexTo,
  pushTo,
  repositoryOf,
  type World,
} from '#test/fixtures/catalog-world.ts';
import { changeState, setApproval } from '../state.ts';
import { deprecate, retire } from './deprecate.ts';
import { promote, revoke } from './promote.ts';

const REPOSITORY = 'team/app';
const image = { repository: REPOSITORY, reason: 'looked at', environment: null } as const;
const OWN = { code: 'STATE_OWN_WORK' };

function person(name: string, account: string): Subject {
  const grants = ['approver', 'publisher'].map(
    (role) => ({ role, scope: 'team/*', environment: '*' }) as Subject['grants'][number],
  );
  return { id: `user:${name}`, account, grants, environment: null };
}

async function standingOf(world: World, digest: Digest, environment: string | null = null) {
  const { id } = await repositoryOf(world, REPOSITORY);
  const found = await world.store.records.manifests.find(id, digest, environment);
  return { state: found?.standing.state?.lifecycle, approval: found?.standing.approval };
}

async function acquired(world: World, digest: Digest, requestedBy: string): Promise<void> {
  const repository = await repositoryOf(world, REPOSITORY);
  const now = world.hand.time;
  await world.store.records.acquisitions.begin({
    id: newId(now, world.random),
    repository,
    source: 'hub',
    upstream: 'docker.io/library/app',
    reference: 'v1',
    digest,
    state: 'held',
    reason: 'a finding',
    progress: { manifests: 0, manifestsDone: 0, blobs: 0, blobsDone: 0, bytes: 0, bytesDone: 0 },
    requestedBy,
    requestedAt: now,
    updatedAt: now,
    finishedAt: now,
    version: 1,
  });
}

test('somebody else lets a held image out, for an environment as well, and says why', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  const validUntil = world.hand.time + DAY;
  await promote(world, APPROVER, { ...image, digest, environment: 'prod', validUntil });
  const { state, approval } = await standingOf(world, digest, 'prod');
  assert.deepEqual(
    [state, approval?.decision, approval?.validUntil, approval?.decidedBy, approval?.reason],
    ['approved', 'approved', validUntil, 'user:approver', 'looked at'],
  );
  const [changed] = await eventsOf(world, 'image.state-changed.v1');
  assert.deepEqual([changed?.actor, changed?.data['reason']], ['user:approver', 'looked at']);
  await revoke(world, APPROVER, { repository: REPOSITORY, digest, reason: 'found out' });
  assert.equal((await standingOf(world, digest)).state, 'revoked');
});

test('nobody approves what they pushed, whatever their account is called by now', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, { by: person('alice', 'account-1') });
  for (const self of [
    person('alice', 'account-1'),
    // Renamed.
    person('alison', 'account-1'),
    // Removed and made again.
    person('alice', 'account-2'),
    { ...ADMIN, id: 'user:alice' },
  ]) {
    await assert.rejects(promote(world, self, { ...image, digest }), OWN);
    await assert.rejects(changeState(world, self, { ...image, digest, to: 'approved' }), OWN);
    const approval = { ...image, digest, environment: 'prod', decision: 'approved' } as const;
    await assert.rejects(setApproval(world, self, approval), OWN);
  }
  assert.equal((await standingOf(world, digest)).state, 'quarantined');
  // To refuse what is their own is everybody's right.
  await revoke(world, person('alice', 'account-1'), { ...image, digest });
  await promote(world, person('bob', 'account-3'), { ...image, digest });
  assert.equal((await standingOf(world, digest)).state, 'approved');
});

test('nobody approves what they had taken, or a platform of it, or an index with what they pushed', async (context) => {
  const world = await openWorld(context);
  const source: Subject = { ...ADMIN, id: 'source:hub' };
  const child = await pushTo(world, REPOSITORY, { by: source });
  const index = await pushIndexTo(world, REPOSITORY, [child]);
  await acquired(world, index, 'user:bob#account-3');
  const bob = person('robert', 'account-3');
  for (const digest of [child, index]) {
    await assert.rejects(promote(world, bob, { ...image, digest }), OWN);
  }
  const own = await pushTo(world, REPOSITORY, { layers: ['own'], by: person('carol', 'account-4') });
  const mixed = await pushIndexTo(world, REPOSITORY, [child, own]);
  await assert.rejects(promote(world, person('carol', 'account-4'), { ...image, digest: mixed }), OWN);
  await promote(world, person('dave', 'account-5'), { ...image, digest: mixed });
  assert.deepEqual(
    [(await standingOf(world, own)).state, (await standingOf(world, child)).state],
    ['approved', 'approved'],
  );
});

test('who has no role for it promotes nothing, and all of it or nothing is written', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  const grants = [{ role: 'approver', scope: 'team/*', environment: 'prod' }] as const;
  const ofProd: Subject = { id: 'user:prod', grants, environment: null };
  await assert.rejects(promote(world, ofProd, { ...image, digest, environment: 'prod' }), {
    code: 'STATE_CHANGE_DENIED',
  });
  const { state, approval } = await standingOf(world, digest, 'prod');
  assert.deepEqual([state, approval], ['quarantined', null]);
});

test('what is deprecated until an end is expired from then on, unless somebody decided otherwise', async (context) => {
  const world = await openWorld(context);
  const [one, two] = [
    await pushTo(world, REPOSITORY, { layers: ['1'] }),
    await pushTo(world, REPOSITORY, { layers: ['2'] }),
  ];
  const endsAt = world.hand.time + DAY;
  const since: number[] = [];
  for (const digest of [one, two]) {
    await promote(world, APPROVER, { ...image, digest });
    world.hand.time += 1;
    const state = await deprecate(world, APPROVER, {
      repository: REPOSITORY,
      digest,
      reason: 'a newer one is there',
      endsAt,
    });
    assert.equal(state.reason, `a newer one is there; until ${new Date(endsAt).toISOString()}`);
    since.push(state.since);
  }
  world.hand.time += 1;
  await promote(world, APPROVER, { ...image, digest: two, reason: 'still needed' });
  world.hand.time = endsAt;
  const retired = [];
  for (const [index, digest] of [one, two].entries()) {
    retired.push(await retire(world, { repository: REPOSITORY, digest, since: since[index] ?? 0 }));
  }
  assert.deepEqual(retired, [true, false]);
  assert.deepEqual(
    [(await standingOf(world, one)).state, (await standingOf(world, two)).state],
    ['expired', 'approved'],
  );
  assert.equal(await retire(world, { repository: REPOSITORY, digest: one, since: since[0] ?? 0 }), false);
  assert.equal(await retire(world, { repository: 'team/gone', digest: one, since: 1 }), false);
  await assert.rejects(deprecate(world, APPROVER, { repository: REPOSITORY, digest: two, reason: 'x', endsAt }), {
    code: 'STATE_CHANGE_INVALID',
  });
});
