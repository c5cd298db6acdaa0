import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { type Subject, WORKER } from '#model/platform/access.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import { askFor } from '#test/fixtures/acquire-stage.ts';
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
  await askFor(world, person('bob', 'account-3'), index);
  // Renamed.
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

/** A robot that somebody made, as it pushes. */
async function robot(world: World, name: string, createdBy: string, id = `account of ${name}`): Promise<Subject> {
  const made = await world.store.records.accounts.create({
    id,
    kind: 'robot',
    name: `robot$${name}`,
    projectId: null,
    secret: '',
    environment: null,
    expiresAt: null,
    disabledAt: null,
    tokensFrom: 1,
    createdAt: 1,
    createdBy,
    grants: [],
  });
  assert.ok(made);
  return { ...person(name, id), id: `robot:${name}` };
}

async function describeEnvironment(world: World, name: string): Promise<void> {
  const { documents } = world.store.records;
  const content = '{}';
  const text = { kind: 'Environment', name, revision: 1, digest: digestOf(content), content, isRemoved: false };
  const project = await documents.ensureProject(INSTALLATION, 1);
  assert.ok(await documents.write(project, { ...text, createdAt: 1, createdBy: 'user:root' }));
}

test('what a robot pushed or asked for is that of who made it as well; another person may promote it', async (context) => {
  const world = await openWorld(context);
  const ci = await robot(world, 'team+ci', 'user:alice');
  const digest = await pushTo(world, REPOSITORY, { by: ci });
  const source: Subject = { ...ADMIN, id: 'source:hub' };
  const taken = await pushTo(world, REPOSITORY, { layers: ['taken'], by: source });
  await askFor(world, ci, taken);
  const second = await robot(world, 'team+second', 'robot:team+ci');
  const below = await pushTo(world, REPOSITORY, { layers: ['below'], by: second });
  for (const one of [digest, taken, below]) {
    await assert.rejects(promote(world, person('alice', 'account-1'), { ...image, digest: one }), OWN);
    await promote(world, person('bob', 'account-3'), { ...image, digest: one });
  }
});

test('a robot promotes nothing, since it may be that of who pushed; it may revoke', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, { by: person('alice', 'account-1') });
  const ci = await robot(world, 'team+ci', 'user:alice');
  await assert.rejects(promote(world, ci, { ...image, digest }), OWN);
  await assert.rejects(promote(world, ci, { ...image, digest, environment: 'prod' }), OWN);
  await revoke(world, ci, { ...image, digest });
});

test('whoever could have made a robot that is gone does not promote what it pushed', async (context) => {
  const world = await openWorld(context);
  const ci = await robot(world, 'team+ci', 'user:alice');
  const digest = await pushTo(world, REPOSITORY, { by: ci });
  await world.store.records.accounts.remove('robot$team+ci');
  const admin: Subject = {
    ...person('alice', 'account-1'),
    grants: [{ role: 'admin', scope: 'team/*', environment: '*' }],
  };
  await assert.rejects(promote(world, admin, { ...image, digest }), OWN);
  // Of the same name, and another's.
  await robot(world, 'team+ci', 'user:bob', 'another account');
  await assert.rejects(promote(world, admin, { ...image, digest }), OWN);
  await promote(world, person('bob', 'account-3'), { ...image, digest });
});

test('an environment is one that a document describes, where there are such documents', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  await promote(world, APPROVER, { ...image, digest, environment: 'anything' });
  await describeEnvironment(world, 'production');
  for (const [environment, isThere] of [
    ['prodution', false],
    ['production', true],
    // What was decided before can be taken back.
    ['anything', true],
  ] as const) {
    const decision = setApproval(world, APPROVER, { ...image, digest, environment, decision: 'refused' });
    await (isThere
      ? decision
      : assert.rejects(decision, { code: 'STATE_CHANGE_INVALID', expected: 'one of production' }));
  }
});

test('for an environment what is served is approved for that alone, by whoever may for that', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  await changeState(world, WORKER, { ...image, digest, to: 'approved', reason: 'admitted' });
  const grants = [{ role: 'approver', scope: 'team/*', environment: 'prod' }] as const;
  const ofProd: Subject = { id: 'user:prod', grants, environment: null };
  const { state, approval } = await promote(world, ofProd, { ...image, digest, environment: 'prod' });
  // Policy let it out, and may take it back.
  assert.deepEqual([state.lifecycle, state.by, state.reason], ['approved', 'worker', 'admitted']);
  assert.deepEqual([approval?.decision, approval?.decidedBy], ['approved', 'user:prod']);
  assert.equal((await eventsOf(world, 'image.state-changed.v1')).length, 1);
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
