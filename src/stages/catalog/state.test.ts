import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANONYMOUS, type Subject, WORKER } from '#model/platform/access.ts';
import type { Lifecycle } from '#model/platform/state.ts';
import { evidence } from '#test/evidence.ts';
import {
  ADMIN,
  APPROVER,
  eventsOf,
  HOUR,
  openWorld,
  pushIndexTo,
  pushTo,
  repositoryOf,
  type World,
} from '#test/fixtures/catalog-world.ts';
import { nextLifecycles } from './lifecycle.ts';
import { changeState, setApproval } from './state.ts';

evidence('platform/states', 'self-made', 'images that are pushed and decided about through the use cases');

const REPOSITORY = 'team/app';
const change = { repository: REPOSITORY, reason: 'looked at' };

function subject(role: 'approver' | 'publisher' | 'deployer', environment = '*'): Subject {
  return { ...ANONYMOUS, id: `user:${role}`, grants: [{ role, scope: 'team/*', environment }] };
}

type Digest = Awaited<ReturnType<typeof pushTo>>;

async function lifecycleOf(world: World, digest: Digest): Promise<Lifecycle | undefined> {
  const { id } = await repositoryOf(world, REPOSITORY);
  return (await world.store.records.manifests.find(id, digest, null))?.standing.state?.lifecycle;
}

test('what was revoked becomes something else only when a person decides so', () => {
  assert.deepEqual(nextLifecycles('revoked', 'automatic'), []);
  assert.deepEqual(nextLifecycles('revoked', 'person'), ['quarantined', 'approved']);
  for (const from of ['quarantined', 'approved', 'deprecated', 'expired'] as const) {
    assert.ok(nextLifecycles(from, 'automatic').includes('revoked'));
  }
});

test('an approver moves an image from state to state; each step has its reason and its event', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  const approver = subject('approver');
  for (const to of ['approved', 'deprecated', 'revoked'] as const) {
    await changeState(world, approver, { ...change, digest, to });
  }
  await assert.rejects(changeState(world, WORKER, { ...change, digest, to: 'approved' }), {
    code: 'STATE_CHANGE_REFUSED',
  });
  await assert.rejects(changeState(world, approver, { ...change, digest, to: 'approved', reason: ' ' }), {
    code: 'STATE_CHANGE_INVALID',
  });
  assert.equal(await lifecycleOf(world, digest), 'revoked');
  await changeState(world, approver, { ...change, digest, to: 'approved', reason: 'it was a mistake' });
  // The same again is no change.
  await changeState(world, approver, { ...change, digest, to: 'approved', reason: 'it was a mistake' });
  assert.deepEqual(
    (await eventsOf(world, 'image.state-changed.v1')).map(({ actor, data }) => [actor, data['from'], data['to']]),
    [
      ['user:approver', 'quarantined', 'approved'],
      ['user:approver', 'approved', 'deprecated'],
      ['user:approver', 'deprecated', 'revoked'],
      ['user:approver', 'revoked', 'approved'],
    ],
  );
});

for (const [who, name] of [
  [subject('publisher'), 'a publisher'],
  [subject('deployer', 'prod'), 'a deployer'],
  [subject('approver', 'prod'), 'an approver for one environment'],
  [{ ...subject('approver', 'prod'), environment: 'prod' }, 'an approver who pulls for one environment'],
  [{ ...subject('approver'), grants: [{ role: 'approver', scope: 'other/*', environment: '*' }] }, 'a stranger'],
] as const) {
  test(`${name} does not change states, and is not told what there is`, async (context) => {
    const world = await openWorld(context);
    const digest = await pushTo(world, REPOSITORY, {});
    for (const repository of [REPOSITORY, 'team/nothing']) {
      await assert.rejects(changeState(world, who, { ...change, repository, digest, to: 'approved' }), {
        code: 'STATE_CHANGE_DENIED',
      });
    }
    assert.equal(await lifecycleOf(world, digest), 'quarantined');
  });
}

test('with an index go the platforms that were where it was; the others were decided about by themselves', async (context) => {
  const world = await openWorld(context);
  const [one, two] = [
    await pushTo(world, REPOSITORY, { layers: ['1'] }),
    await pushTo(world, REPOSITORY, { layers: ['2'] }),
  ];
  const index = await pushIndexTo(world, REPOSITORY, [one, two], 'multi');
  await changeState(world, ADMIN, { ...change, digest: two, to: 'revoked' });
  await changeState(world, APPROVER, { ...change, digest: index, to: 'approved' });
  const states = async () => [await lifecycleOf(world, one), await lifecycleOf(world, two)];
  assert.deepEqual(await states(), ['approved', 'revoked']);
  world.hand.time += HOUR;
  await changeState(world, APPROVER, { ...change, digest: index, to: 'revoked' });
  assert.deepEqual(await states(), ['revoked', 'revoked']);
  await changeState(world, APPROVER, { ...change, digest: index, to: 'approved' });
  assert.deepEqual(await states(), ['approved', 'revoked']);
});

test('nobody lets out what is their own by ending it first', async (context) => {
  const world = await openWorld(context);
  const digest = await pushTo(world, REPOSITORY, {});
  await changeState(world, ADMIN, { ...change, digest, to: 'expired' });
  await assert.rejects(changeState(world, ADMIN, { ...change, digest, to: 'deprecated' }), { code: 'STATE_OWN_WORK' });
  assert.equal(await lifecycleOf(world, digest), 'expired');
  await changeState(world, APPROVER, { ...change, digest, to: 'deprecated' });
  // That something newer is there may be said of one's own that is served.
  await changeState(world, ADMIN, { ...change, digest, to: 'deprecated', reason: 'there is a newer one' });
});

test('what hangs on an image has its state, and none of its own', async (context) => {
  const world = await openWorld(context);
  const image = await pushTo(world, REPOSITORY, {});
  const report = await pushTo(world, REPOSITORY, { subject: image, artifactType: 'text/report', layers: ['report'] });
  await assert.rejects(changeState(world, ADMIN, { ...change, digest: report, to: 'approved' }), {
    code: 'STATE_GOVERNED',
    expected: image,
  });
  await changeState(world, APPROVER, { ...change, digest: image, to: 'approved' });
  assert.equal(await lifecycleOf(world, report), 'approved');
});

test('an approval is for one environment, ends when it says so, and goes with an index to its platforms', async (context) => {
  const world = await openWorld(context);
  const child = await pushTo(world, REPOSITORY, {});
  const index = await pushIndexTo(world, REPOSITORY, [child]);
  const validUntil = world.hand.time + HOUR;
  const approval = { ...change, digest: index, environment: 'prod', decision: 'approved', validUntil } as const;
  await setApproval(world, subject('approver', 'prod'), approval);
  const { id } = await repositoryOf(world, REPOSITORY);
  const found = await world.store.records.manifests.find(id, child, 'prod');
  assert.deepEqual(
    [found?.standing.approval?.decision, found?.standing.approval?.validUntil],
    ['approved', validUntil],
  );
  assert.equal((await world.store.records.manifests.find(id, child, 'test'))?.standing.approval, null);
  assert.equal((await eventsOf(world, 'image.approval-changed.v1')).length, 2);
  for (const [wrong, code] of [
    [{ environment: 'test' }, 'STATE_CHANGE_DENIED'],
    [{ environment: 'Prod!' }, 'STATE_CHANGE_INVALID'],
    [{ validUntil: world.hand.time }, 'STATE_CHANGE_INVALID'],
    [{ digest: `sha256:${'0'.repeat(64)}` as Digest }, 'STATE_IMAGE_UNKNOWN'],
  ] as const) {
    await assert.rejects(setApproval(world, subject('approver', 'prod'), { ...approval, ...wrong }), { code });
  }
});
