import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Digest, digestOf } from '#base/digest.ts';
import type { Judgement } from '#model/platform/judgement.ts';
import type { Approval, ImageState, Lifecycle } from '#model/platform/state.ts';
import { evidence } from '#test/evidence.ts';
import { ADMIN, DAY, eventsOf, HOUR, pushIndexTo, pushTo, repositoryOf, signal } from '#test/fixtures/catalog-world.ts';
import { documents, environment, exception, without } from '#test/fixtures/judging-documents.ts';
import { type JudgingWorld, openJudgingWorld } from '#test/fixtures/judging-world.ts';
import { data, missing } from '#test/prerequisites.ts';
import { changeState, setApproval } from '../state.ts';
import { judgeImage } from './judge-image.ts';

evidence(
  'catalog/judging',
  'published',
  'root file systems of Alpine by their own packages: approved and held by policies, and admitted by an exception until it ends',
);

const REPOSITORY = 'team/app';
const APPROVER = { ...ADMIN, id: 'user:approver' };
const NO_MUSL = without('no-musl', 'musl');
const STRICT = documents(environment(), NO_MUSL);
const FREE = documents(environment(), without('no-musl', 'something'));

interface Told {
  readonly lifecycle: Lifecycle | undefined;
  readonly approvals: readonly Pick<Approval, 'environment' | 'decision' | 'validUntil' | 'reason'>[];
  readonly judgements: readonly Pick<Judgement, 'environment' | 'outcome'>[];
}

async function told(world: JudgingWorld, digest: Digest): Promise<Told> {
  const { id } = await repositoryOf(world, REPOSITORY);
  const { manifests, judgements } = world.store.records;
  const manifest = await manifests.find(id, digest, null);
  return {
    lifecycle: manifest?.standing.state?.lifecycle,
    approvals: (await manifests.approvals(id, digest)).map(({ environment: name, decision, validUntil, reason }) => ({
      environment: name,
      decision,
      validUntil,
      reason,
    })),
    judgements: (await judgements.ofImage(id, digest)).map(({ environment: name, outcome }) => ({
      environment: name,
      outcome,
    })),
  };
}

/** An image with packages that are known, and was not judged yet. */
async function known(world: JudgingWorld, packages: readonly string[], tag = 'v1'): Promise<Digest> {
  const digest = await pushTo(world, REPOSITORY, { tag, layers: [packages.join()] });
  await world.know(REPOSITORY, digest, packages);
  return digest;
}

function decisions({ approvals }: Told): readonly string[] {
  return approvals.map(({ environment: name, decision }) => `${name} ${decision}`);
}

test('published root file systems: what policy allows is approved, and what it does not is held with reasons', {
  skip: missing('shared-data'),
}, async (context) => {
  const old = without('no-musl', 'musl').replace(
    "p.name in ['musl']",
    "p.name == 'musl' && p.version.startsWith('1.1.19')",
  );
  const world = await openJudgingWorld(context, { advisories: null, documents: documents(environment(), old) });
  const digests: Digest[] = [];
  for (const name of ['alpine-3.10.9-x86_64.tar.gz', 'alpine-3.8.5-x86_64.tar.gz']) {
    const digest = await pushTo(world, REPOSITORY, { layers: [gunzipSync(readFileSync(data(`rootfs/${name}`)))] });
    assert.equal(await world.judge(REPOSITORY, digest), 'waiting');
    await world.analyse(REPOSITORY, digest);
    assert.equal(await world.judge(REPOSITORY, digest), 'judged');
    digests.push(digest);
  }
  const [clean, held] = await Promise.all(digests.map(async (digest) => await told(world, digest)));
  assert.deepEqual([clean?.lifecycle, held?.lifecycle], ['approved', 'quarantined']);
  assert.deepEqual(
    [clean?.judgements, held?.judgements],
    [[{ environment: 'default', outcome: 'warned' }], [{ environment: 'default', outcome: 'refused' }]].map(
      (list, index) => (index === 0 ? [{ environment: 'default', outcome: 'admitted' }] : list),
    ),
  );
  assert.match(held?.approvals[0]?.reason ?? '', /no-musl\/absent: it holds what it must not/);
  const judged = await eventsOf(world, 'image.judged.v1');
  assert.deepEqual(
    judged.map(({ data: { outcome, before, cause } }) => [outcome, before, cause]),
    [
      ['admitted', null, 'new'],
      ['refused', null, 'new'],
    ],
  );
  const [changed] = await eventsOf(world, 'image.state-changed.v1');
  assert.deepEqual([changed?.data['from'], changed?.data['to'], changed?.actor], ['quarantined', 'approved', 'worker']);
});

test('what is not known keeps an image in quarantine', async (context) => {
  const world = await openJudgingWorld(context, {
    advisories: null,
    documents: documents(environment({ tolerated: [] }), NO_MUSL),
  });
  const digest = await known(world, ['zlib@1.2']);
  await world.judge(REPOSITORY, digest);
  const { lifecycle, judgements, approvals } = await told(world, digest);
  assert.deepEqual([lifecycle, judgements[0]?.outcome], ['quarantined', 'unknown']);
  assert.match(approvals[0]?.reason ?? '', /no source is set that has Alpine/);
});

test('an exception admits an image until it ends, and for the environment alone that it names', async (context) => {
  const both = documents(environment(), environment({ name: 'other' }), NO_MUSL);
  const world = await openJudgingWorld(context, { advisories: null, documents: both });
  const digest = await known(world, ['musl@1.1']);
  await world.judge(REPOSITORY, digest);
  assert.deepEqual(decisions(await told(world, digest)), ['default refused', 'other refused']);
  const now = world.hand.time;
  const times = { from: now - HOUR, to: now + DAY };
  await world.decideBy(documents(both, exception('no-musl', digest, { ...times, environment: 'other' })));
  world.hand.time += HOUR;
  await world.judge(REPOSITORY, digest, 'exception');
  const other = await told(world, digest);
  assert.deepEqual([decisions(other), other.lifecycle], [['default refused', 'other approved'], 'quarantined']);
  await world.decideBy(documents(both, exception('no-musl', digest, { ...times, environment: 'default' })));
  await world.judge(REPOSITORY, digest, 'exception');
  const admitted = await told(world, digest);
  assert.deepEqual([decisions(admitted), admitted.lifecycle], [['default approved', 'other refused'], 'approved']);
  assert.equal(admitted.approvals[0]?.validUntil, now + DAY);
  world.hand.time = now + DAY;
  await world.judge(REPOSITORY, digest, 'time');
  const over = await told(world, digest);
  assert.deepEqual([decisions(over), over.lifecycle], [['default refused', 'other refused'], 'quarantined']);
});

test('an image that was approved and breaks a rule is served until the grace ends, and then no more', async (context) => {
  const graceful = environment({ grace: '7d' });
  const world = await openJudgingWorld(context, {
    advisories: null,
    documents: documents(graceful, without('no-musl', 'x')),
  });
  const digest = await known(world, ['musl@1.1']);
  await world.judge(REPOSITORY, digest);
  assert.deepEqual((await told(world, digest)).lifecycle, 'approved');
  world.hand.time += HOUR;
  const until = world.hand.time + 7 * DAY;
  await world.decideBy(documents(graceful, NO_MUSL));
  for (const later of [0, DAY]) {
    world.hand.time += later;
    await world.judge(REPOSITORY, digest, 'policy');
    const { approvals, lifecycle } = await told(world, digest);
    assert.deepEqual([lifecycle, approvals[0]?.decision, approvals[0]?.validUntil], ['approved', 'approved', until]);
  }
  const flagged = await eventsOf(world, 'image.flagged.v1');
  assert.deepEqual(
    flagged.map(({ data: { environment: name, until: end } }) => [name, end]),
    [['default', until]],
  );
  world.hand.time = until;
  await world.judge(REPOSITORY, digest, 'time');
  const { approvals, lifecycle } = await told(world, digest);
  assert.deepEqual([lifecycle, approvals[0]?.decision], ['quarantined', 'refused']);
});

test('without grace it is refused at once; with grace what merely is not known is not', async (context) => {
  const world = await openJudgingWorld(context, { advisories: null, documents: FREE });
  const digest = await known(world, ['musl@1.1']);
  await world.judge(REPOSITORY, digest);
  const blind = documents(environment({ tolerated: [], grace: '2d' }), without('no-musl', 'x'));
  await world.decideBy(blind);
  const until = world.hand.time + 2 * DAY;
  await world.judge(REPOSITORY, digest, 'policy');
  world.hand.time += DAY;
  await world.judge(REPOSITORY, digest, 'time');
  const served = await told(world, digest);
  assert.deepEqual([served.judgements[0]?.outcome, served.approvals[0]?.decision], ['unknown', 'approved']);
  assert.equal(served.approvals[0]?.validUntil, until);
  await world.decideBy(STRICT);
  await world.judge(REPOSITORY, digest, 'policy');
  const refused = await told(world, digest);
  assert.deepEqual([refused.lifecycle, decisions(refused)], ['quarantined', ['default refused']]);
});

test('what a person decided stays: revoked, refused, in quarantine, approved', async (context) => {
  const world = await openJudgingWorld(context, { advisories: null, documents: FREE });
  const digest = await known(world, ['musl@1.1']);
  const change = { repository: REPOSITORY, digest };
  await world.judge(REPOSITORY, digest);
  for (const to of ['revoked', 'quarantined'] as const) {
    world.hand.time += 1;
    await changeState(world, APPROVER, { ...change, to, reason: 'so it is' });
    await world.judge(REPOSITORY, digest, 'policy');
    assert.equal((await told(world, digest)).lifecycle, to);
  }
  await setApproval(world, APPROVER, { ...change, environment: 'default', decision: 'refused', reason: 'no' });
  await world.judge(REPOSITORY, digest, 'policy');
  assert.deepEqual(decisions(await told(world, digest)), ['default refused']);
  await world.decideBy(STRICT);
  await world.judge(REPOSITORY, digest, 'policy');
  await setApproval(world, APPROVER, { ...change, environment: 'default', decision: 'approved', reason: 'we know' });
  await changeState(world, APPROVER, { ...change, to: 'approved', reason: 'we know' });
  await world.judge(REPOSITORY, digest, 'advisories');
  const { lifecycle, approvals } = await told(world, digest);
  assert.deepEqual([lifecycle, approvals[0]?.decision, approvals[0]?.reason], ['approved', 'approved', 'we know']);
});

test('an index is what its platforms are, those that are here', async (context) => {
  const world = await openJudgingWorld(context, { advisories: null, documents: STRICT });
  const clean = await known(world, ['zlib@1.2'], 'clean');
  const dirty = await known(world, ['musl@1.1'], 'dirty');
  const index = await pushIndexTo(world, REPOSITORY, [clean, dirty], 'both');
  const alone = await pushIndexTo(world, REPOSITORY, [clean], 'alone');
  await world.judge(REPOSITORY, clean);
  const half = await told(world, index);
  assert.deepEqual([half.lifecycle, decisions(half)], ['quarantined', ['default refused']]);
  assert.match(half.approvals[0]?.reason ?? '', /linux\/arm64: nothing was decided/);
  assert.deepEqual(
    [(await told(world, alone)).lifecycle, decisions(await told(world, alone))],
    ['approved', ['default approved']],
  );
  await world.judge(REPOSITORY, dirty);
  assert.equal((await told(world, index)).lifecycle, 'quarantined');
  await world.decideBy(FREE);
  await world.judge(REPOSITORY, dirty, 'policy');
  const whole = await told(world, index);
  assert.deepEqual([whole.lifecycle, decisions(whole)], ['approved', ['default approved']]);
  await world.decideBy(STRICT);
  await world.judge(REPOSITORY, dirty, 'policy');
  const back = await told(world, index);
  assert.deepEqual([back.lifecycle, decisions(back)], ['quarantined', ['default refused']]);
});

test('what an index has without a platform and cannot be run follows it', async (context) => {
  const world = await openJudgingWorld(context, { advisories: null, documents: STRICT });
  const clean = await known(world, ['zlib@1.2'], 'clean');
  const chart = await pushTo(world, REPOSITORY, { layers: ['a chart'], artifactType: 'application/vnd.example.chart' });
  const index = await pushIndexTo(world, REPOSITORY, [clean], 'all', [chart]);
  await world.judge(REPOSITORY, clean);
  for (const digest of [index, chart]) {
    const followed = await told(world, digest);
    assert.deepEqual([followed.lifecycle, decisions(followed)], ['approved', ['default approved']]);
  }
});

test('what is held says why, and so does an index', async (context) => {
  const world = await openJudgingWorld(context, { advisories: null, documents: STRICT });
  const dirty = await known(world, ['musl@1.1'], 'dirty');
  const index = await pushIndexTo(world, REPOSITORY, [dirty], 'all');
  const { id } = await repositoryOf(world, REPOSITORY);
  const state = async (digest: Digest): Promise<ImageState | null | undefined> =>
    (await world.store.records.manifests.find(id, digest, null))?.standing.state;
  const pushed = await state(dirty);
  world.hand.time += HOUR;
  await world.judge(REPOSITORY, dirty);
  const held = await state(dirty);
  const reason = 'refused for default: no-musl/absent: it holds what it must not';
  assert.deepEqual(held, { lifecycle: 'quarantined', reason, since: pushed?.since, by: 'worker' });
  assert.equal((await state(index))?.reason, `linux/amd64: ${reason}`);
  assert.deepEqual(await eventsOf(world, 'image.state-changed.v1'), []);
  const change = { repository: REPOSITORY, digest: dirty };
  await changeState(world, APPROVER, { ...change, to: 'approved', reason: 'we know' });
  world.hand.time += HOUR;
  await changeState(world, APPROVER, { ...change, to: 'quarantined', reason: 'by hand' });
  await world.judge(REPOSITORY, dirty);
  assert.equal((await state(dirty))?.reason, 'by hand');
});

test('an environment that is no more approves nothing: its robots are refused, and what it let out goes back', async (context) => {
  const staging = environment({ name: 'staging', policies: ['free'] });
  const both = documents(environment(), staging, NO_MUSL, without('free', 'x'));
  const world = await openJudgingWorld(context, { advisories: null, documents: both });
  const digest = await known(world, ['musl@1.1']);
  const index = await pushIndexTo(world, REPOSITORY, [digest], 'all');
  const before = await known(world, ['musl@1.0'], 'before');
  await world.decideBy(documents(environment({ policies: ['free'] }), staging, without('free', 'x')));
  for (const each of [digest, before]) {
    await world.judge(REPOSITORY, each);
  }
  assert.deepEqual(decisions(await told(world, index)), ['default approved', 'staging approved']);
  await world.decideBy(both);
  await world.judge(REPOSITORY, digest, 'policy');
  assert.deepEqual((await told(world, digest)).lifecycle, 'approved');
  await world.decideBy(documents(environment(), NO_MUSL));
  await world.judge(REPOSITORY, digest, 'policy');
  for (const each of [digest, index]) {
    const gone = await told(world, each);
    assert.deepEqual([gone.lifecycle, decisions(gone)], ['quarantined', ['default refused', 'staging refused']]);
    assert.match(gone.approvals[1]?.reason ?? '', /there is no environment staging any more/);
  }
  const events = await eventsOf(world, 'image.approval-changed.v1');
  assert.ok(events.some(({ data: { environment: name, decision } }) => name === 'staging' && decision === 'refused'));
  // Nobody decides about it any more, and nobody approves it.
  await world.decideBy(documents(environment({ name: 'other' }), NO_MUSL));
  await world.judge(REPOSITORY, before, 'policy');
  const nobodys = await told(world, before);
  assert.deepEqual(
    [nobodys.lifecycle, decisions(nobodys)],
    ['quarantined', ['default refused', 'other refused', 'staging refused']],
  );
});

test('a record is kept where it says something else than the one before', async (context) => {
  const world = await openJudgingWorld(context, { advisories: null, documents: STRICT });
  const digest = await known(world, ['musl@1.1']);
  const { id } = await repositoryOf(world, REPOSITORY);
  const records = async (): Promise<number> =>
    (await world.store.records.verdicts.history(id, digest, 'default', 10)).length;
  for (const [policies, expected] of [
    [STRICT, 1],
    [STRICT, 1],
    [FREE, 2],
    [STRICT, 3],
  ] as const) {
    world.hand.time += HOUR;
    await world.decideBy(policies);
    await world.judge(REPOSITORY, digest, 'policy');
    assert.equal(await records(), expected);
  }
  assert.deepEqual(
    (await eventsOf(world, 'image.judged.v1')).map(({ data: { outcome } }) => outcome),
    ['refused', 'admitted', 'refused'],
  );
});

test('an inventory that is lost, or of another form, is unknown, and never an image without packages', async (context) => {
  const world = await openJudgingWorld(context, { advisories: null, documents: STRICT });
  const digest = await pushTo(world, REPOSITORY, { layers: ['layer'] });
  const repository = await repositoryOf(world, REPOSITORY);
  const { inventories } = world.store.records;
  const analysedAt = world.hand.time;
  for (const content of [null, Buffer.from('damaged')]) {
    const layerSet = digestOf(String(content));
    await inventories.write({ layerSet, packages: [], unknowns: [], content, analysedAt });
    await inventories.assign(repository, digest, { layerSet, unknowns: [], analysedAt });
    await world.judge(REPOSITORY, digest);
    const { lifecycle, judgements } = await told(world, digest);
    assert.deepEqual([lifecycle, judgements[0]?.outcome], ['quarantined', 'unknown']);
  }
});

test('what somebody decides while policies are asked counts', async (context) => {
  const world = await openJudgingWorld(context, { advisories: null, documents: FREE });
  const digest = await known(world, ['zlib@1.2']);
  const { assessor } = world;
  const change = { repository: REPOSITORY, digest, reason: 'no' };
  const meanwhile = async (): Promise<void> => {
    await changeState(world, APPROVER, { ...change, to: 'revoked' });
    await setApproval(world, APPROVER, { ...change, environment: 'default', decision: 'refused' });
  };
  const busy: typeof assessor = {
    ...assessor,
    judge: async (...asked) => {
      await meanwhile();
      return await assessor.judge(...asked);
    },
  };
  await judgeImage({ ...world, assessor: busy }, { repository: REPOSITORY, digest, cause: 'new' }, signal);
  const { lifecycle, approvals } = await told(world, digest);
  assert.deepEqual([lifecycle, approvals[0]?.decision, approvals[0]?.reason], ['revoked', 'refused', 'no']);
});
