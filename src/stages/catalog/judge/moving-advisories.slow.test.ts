import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { maySee } from '#lib/access/index.ts';
import type { Judgement } from '#model/platform/judgement.ts';
import type { Approval, Standing } from '#model/platform/state.ts';
import { evidence } from '#test/evidence.ts';
import { ADMIN, APPROVER, DAY, eventsOf, HOUR, pushTo, repositoryOf } from '#test/fixtures/catalog-world.ts';
import { documents, environment, without } from '#test/fixtures/judging-documents.ts';
import { type JudgingWorld, openJudgingWorld } from '#test/fixtures/judging-world.ts';
import { type MovingFeed, movingFeed } from '#test/fixtures/moving-feed.ts';
import { changeState, setApproval } from '../state.ts';

evidence('catalog/judging', 'self-made', 'feeds that are looked at again, that are down for days, and that come back');

const REPOSITORY = 'team/app';
const GRACE = 7 * DAY;
const NO_MUSL = without('no-musl', 'musl');
const CAREFUL = environment({ grace: '7d', tolerated: [], advisoryMaximumAge: '3d' });
const ROBOT = {
  ...ADMIN,
  id: 'robot:default',
  environment: 'default',
  grants: [{ role: 'deployer', scope: '*', environment: 'default' }],
} as const;

interface Moving {
  readonly world: JudgingWorld;
  readonly feed: MovingFeed;
  readonly digest: Digest;
  standing(): Promise<Standing>;
  approval(): Promise<Approval>;
  judgement(): Promise<Judgement>;
  records(): Promise<number>;
  /** Judged again after so long. */
  later(milliseconds: number, cause?: string): Promise<void>;
  /** Whether time alone makes it due now. */
  isDue(): Promise<boolean>;
}

/** An image that was judged once, of feeds that were looked at at that moment. */
async function open(
  context: TestContext,
  packages: readonly string[],
  words = documents(CAREFUL, NO_MUSL),
): Promise<Moving> {
  let feed: MovingFeed | null = null;
  const world = await openJudgingWorld(context, {
    advisories: null,
    documents: words,
    feed: () => (feed ?? assert.fail('no feed')).open(),
  });
  feed = movingFeed(world.hand.time);
  const created = new Date(world.hand.time).toISOString();
  const config = JSON.stringify({
    created,
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const digest = await pushTo(world, REPOSITORY, { layers: [packages.join()], config });
  await world.know(REPOSITORY, digest, packages);
  const { id } = await repositoryOf(world, REPOSITORY);
  const { manifests, judgements, verdicts } = world.store.records;
  const standing: Moving['standing'] = async () =>
    (await manifests.find(id, digest, 'default'))?.standing ?? assert.fail('no image');
  const later: Moving['later'] = async (milliseconds, cause = 'advisories') => {
    world.hand.time += milliseconds;
    await world.judge(REPOSITORY, digest, cause);
  };
  await later(0, 'new');
  return {
    world,
    feed,
    digest,
    standing,
    approval: async () => (await standing()).approval ?? assert.fail('not decided'),
    judgement: async () => (await judgements.ofImage(id, digest))[0] ?? assert.fail('not judged'),
    records: async () => (await verdicts.history(id, digest, 'default', 100)).length,
    later,
    isDue: async () => (await judgements.markExpired(world.hand.time)) > 0,
  };
}

function sight({ world }: Moving, standing: Standing): ReturnType<typeof maySee> {
  return maySee(ROBOT, REPOSITORY, standing, world.hand.time);
}

test('feeds that are looked at again move no approval, and are no news', async (context) => {
  const image = await open(context, ['zlib@1.2']);
  const { world, feed } = image;
  const first = await image.approval();
  assert.deepEqual([first.decision, first.validUntil], ['approved', null]);
  for (const _ of [1, 2, 3]) {
    feed.checked += HOUR;
    feed.newest += HOUR;
    await image.later(HOUR);
    assert.equal((await image.judgement()).validUntil, feed.checked + 3 * DAY + 1);
  }
  assert.deepEqual([await image.records(), await image.approval()], [1, first]);
  assert.equal((await eventsOf(world, 'image.approval-changed.v1')).length, 1);
  // Nobody has come to judge it again yet.
  world.hand.time += 10 * DAY;
  assert.deepEqual(sight(image, await image.standing()), { kind: 'yes', warnings: [] });
});

test('a record is kept anew when what it promises is over', async (context) => {
  const image = await open(context, ['zlib@1.2']);
  image.feed.checked += 3 * DAY;
  image.feed.newest += 3 * DAY;
  await image.later(3 * DAY);
  assert.equal(await image.records(), 1);
  await image.later(1);
  assert.equal(await image.records(), 2);
});

test('feeds that are down: served until the grace is over, looked at again meanwhile, and approved again when they are back', async (context) => {
  const image = await open(context, ['zlib@1.2']);
  const { world, feed } = image;
  assert.equal(await image.isDue(), false);
  world.hand.time += 3 * DAY + 1;
  assert.equal(await image.isDue(), true);
  await image.later(0, 'time');
  const until = world.hand.time + GRACE;
  const unknown = await image.judgement();
  assert.deepEqual([unknown.outcome, unknown.validUntil], ['unknown', world.hand.time + HOUR]);
  assert.deepEqual([(await image.approval()).decision, (await image.approval()).validUntil], ['approved', until]);
  for (const [wait, retry] of [
    [HOUR, HOUR],
    [3 * HOUR, 4 * HOUR],
    [2 * DAY, DAY],
  ] as const) {
    await image.later(wait, 'time');
    assert.equal((await image.judgement()).validUntil, world.hand.time + retry);
    assert.equal((await image.approval()).validUntil, until);
  }
  assert.equal(await image.records(), 2);
  feed.checked = world.hand.time;
  feed.newest = world.hand.time;
  await image.later(0, 'time');
  assert.deepEqual([(await image.judgement()).outcome, (await image.approval()).validUntil], ['admitted', null]);
});

test('the end of a grace is noticed, and ends what is served to those without an environment too', async (context) => {
  const image = await open(context, ['zlib@1.2']);
  const { world } = image;
  await image.later(3 * DAY + 1, 'time');
  const until = world.hand.time + GRACE;
  await image.later(GRACE - HOUR, 'time');
  assert.equal((await image.judgement()).validUntil, until);
  world.hand.time = until;
  assert.equal(await image.isDue(), true);
  await image.later(0, 'time');
  const { state, approval } = await image.standing();
  assert.deepEqual([state?.lifecycle, approval?.decision], ['quarantined', 'refused']);
  assert.match(state?.reason ?? '', /refused for default: .*Alpine:v3.10 is too old/);
});

test('an image that gets too old for a rule is served until it is judged again, and then has its grace', async (context) => {
  const young = without('no-musl', 'musl').replace(
    /expression: .*/,
    "expression: image.created != null && context.time - image.created < duration('240h')",
  );
  const image = await open(context, ['zlib@1.2'], documents(environment({ grace: '7d', tolerated: [] }), young));
  const turn = image.world.hand.time + 10 * DAY;
  assert.deepEqual([(await image.judgement()).validUntil, (await image.approval()).validUntil], [turn, null]);
  image.world.hand.time = turn + HOUR;
  assert.equal(await image.isDue(), true);
  assert.equal(sight(image, await image.standing()).kind, 'yes');
  await image.later(0, 'time');
  const { outcome, validUntil } = await image.judgement();
  assert.deepEqual([outcome, validUntil], ['warned', turn + HOUR + GRACE]);
  const sure = sight(image, await image.standing());
  assert.match(sure.kind === 'yes' ? (sure.warnings[0] ?? '') : '', /the approval for default ends/);
});

test("what a person approved and policy admits is policy's again when it is known again", async (context) => {
  const image = await open(context, ['musl@1.1']);
  const { world, feed, digest } = image;
  const change = { repository: REPOSITORY, digest, reason: 'we know' };
  await setApproval(world, APPROVER, { ...change, environment: 'default', decision: 'approved' });
  await changeState(world, APPROVER, { ...change, to: 'approved' });
  await world.decideBy(documents(CAREFUL, without('no-musl', 'x')));
  await image.later(0, 'policy');
  assert.equal((await image.approval()).decidedBy, APPROVER.id);
  await image.later(4 * DAY, 'time');
  assert.equal((await image.approval()).validUntil, world.hand.time + GRACE);
  feed.checked = world.hand.time;
  feed.newest = world.hand.time;
  await image.later(HOUR);
  const { decision, validUntil, decidedBy } = await image.approval();
  assert.deepEqual([decision, validUntil, decidedBy], ['approved', null, 'worker']);
});

test('the end that a person set for an approval is noticed', async (context) => {
  const image = await open(context, ['musl@1.1']);
  const { world, digest } = image;
  const validUntil = world.hand.time + DAY;
  const change = {
    repository: REPOSITORY,
    digest,
    environment: 'default',
    decision: 'approved',
    reason: 'we know',
  } as const;
  await setApproval(world, APPROVER, { ...change, validUntil });
  const [due] = await world.store.records.judgements.take(10, world.hand.time, world.hand.time + 1);
  assert.equal(due?.digest, digest);
  await image.later(HOUR, 'time');
  assert.equal((await image.standing()).state?.lifecycle, 'approved');
  assert.equal((await image.judgement()).validUntil, validUntil);
  await image.later(DAY, 'time');
  assert.equal((await image.standing()).state?.lifecycle, 'quarantined');
});

test('a grace ends when it was said to, however much is said meanwhile', async (context) => {
  const image = await open(
    context,
    ['musl@1.1'],
    documents(environment({ grace: '60d', tolerated: [] }), without('no-musl', 'x')),
  );
  const { world, feed } = image;
  const until = world.hand.time + HOUR + 60 * DAY;
  await world.decideBy(documents(environment({ grace: '60d', tolerated: [] }), NO_MUSL));
  for (let day = 0; day < 40; day += 1) {
    feed.checked = world.hand.time;
    feed.newest = world.hand.time;
    feed.vulnerable = day % 2 === 0 ? ['musl'] : [];
    await image.later(day === 0 ? HOUR : DAY);
    const { decision, validUntil } = await image.approval();
    assert.deepEqual([day, decision, validUntil], [day, 'approved', until]);
  }
  assert.ok((await image.records()) > 32);
});
