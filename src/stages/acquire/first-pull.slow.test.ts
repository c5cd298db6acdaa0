import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { AppError } from '#base/error.ts';
import { silentLog } from '#base/log.ts';
import { ANONYMOUS, type Subject, WORKER } from '#model/platform/access.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { FirstPull } from '#model/platform/intake.ts';
import type { AcquireRules } from '#model/policy.ts';
import { changeState } from '#stages/catalog/index.ts';
import { type AcquireWorld, openAcquireWorld, sourceOf } from '#test/fixtures/acquire-stage.ts';
import { ADMIN, DAY, eventsOf, HOUR, pushTo, signal } from '#test/fixtures/catalog-world.ts';
import {
  type HostileRegistry,
  refuse,
  type ServedImage,
  serveImage,
  startHostile,
} from '#test/fixtures/hostile-registry.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';
import { createFirstPull, type FirstPullContext } from './first-pull.ts';

const REPOSITORY = 'mirror/team/app';
const LATEST = { tag: 'latest' } as const;
const VIEWER: Subject = { ...ANONYMOUS, id: 'user:vera', grants: [{ role: 'viewer', scope: '*', environment: '*' }] };

interface Scene extends AcquireWorld {
  readonly image: ServedImage;
  readonly upstream: HostileRegistry;
  readonly gate: FirstPull;
}

function imageOf(text: string): ServedImage {
  const image = serveImage(tarOf([{ name: 'etc/text', content: text }]));
  return {
    ...image,
    answer: (request, response) =>
      request.url?.includes('/referrers/') === true
        ? refuse(response, 404, 'NOT_FOUND', 'no such page')
        : image.answer(request, response),
  };
}

async function open(
  context: TestContext,
  rules: Partial<AcquireRules> = {},
  more: Partial<FirstPullContext> = {},
): Promise<Scene> {
  const image = imageOf('one');
  const upstream = await startHostile(context, image.answer);
  const world = await openAcquireWorld(context, [sourceOf(upstream.host, rules)]);
  return { ...world, image, upstream, gate: createFirstPull({ ...world, log: silentLog, ...more }) };
}

async function rows({ store }: AcquireWorld): Promise<readonly Acquisition[]> {
  return await store.records.acquisitions.list({ prefixes: null, source: null, state: null, after: null, limit: 100 });
}

/** The one that was begun: somebody waits for it by now. */
async function begun(world: AcquireWorld): Promise<Acquisition> {
  for (;;) {
    const [row] = await rows(world);
    if (row !== undefined && row.finishedAt === null) {
      return row;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const hold = (waitMs: number): Partial<AcquireRules> => ({ firstPull: { mode: 'hold', waitMs } });

describe('the first pull is held', () => {
  it('until it is decided; fifty who ask at once wait for one acquisition', async (context) => {
    const world = await open(context);
    const pulls = Array.from({ length: 50 }, async () => await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal));
    const row = await begun(world);
    await world.work(row);
    const unjudged = await Promise.race([
      Promise.any(pulls),
      new Promise((resolve) => setTimeout(resolve, 200, 'all wait')),
    ]);
    assert.equal(unjudged, 'all wait');
    await world.judge(row, 'promoted');
    assert.deepEqual(
      new Set((await Promise.all(pulls)).map((answer) => JSON.stringify(answer))),
      new Set(['{"kind":"ready","warning":null}']),
    );
    assert.equal((await rows(world)).length, 1);
    const blobs = world.upstream.asked.filter(({ line }) => line.startsWith('GET') && line.includes('/blobs/'));
    assert.equal(new Set(blobs.map(({ line }) => line)).size, blobs.length);
  });

  it('and refused with the reason of the decision, by tag and by digest, without another look upstream', async (context) => {
    const world = await open(context);
    const first = world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    const row = await begun(world);
    await world.work(row);
    await world.judge(row, 'held', 'a critical finding');
    assert.deepEqual(await first, { kind: 'refused', message: 'a critical finding' });
    world.upstream.asked.length = 0;
    const again = { kind: 'refused', message: 'it was held before: a critical finding' };
    assert.deepEqual(await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal), again);
    const digest = world.image.manifestDigest;
    assert.deepEqual(await world.gate.pull(VIEWER, REPOSITORY, { digest }, signal), again);
    assert.deepEqual([(await rows(world)).length, world.upstream.asked], [1, []]);
  });

  it('no longer than the source says: then ask again', async (context) => {
    const world = await open(context, hold(50));
    const answer = await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    assert.equal(answer?.kind, 'wait');
    assert.ok(answer?.kind === 'wait' && answer.retryAfterSeconds > 0);
    assert.match(answer.message, /the image is being taken/);
    const [row] = await rows(world);
    assert.ok(row !== undefined);
    await world.work(row);
    const judging = await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    assert.ok(judging?.kind === 'wait' && judging.message.includes('is looked at'));
    assert.equal((await rows(world)).length, 1);
  });

  it('for a part of it as well, while all of it is on its way', async (context) => {
    const world = await open(context, hold(50));
    await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    const row = await begun(world);
    await world.work(row);
    const digest = world.image.manifestDigest;
    assert.equal((await world.gate.pull(VIEWER, REPOSITORY, { digest }, signal))?.kind, 'wait');
    assert.equal((await rows(world)).length, 1);
  });

  it('and a client that goes away ends only its own waiting', async (context) => {
    const world = await open(context);
    const leaving = new AbortController();
    const gone = world.gate.pull(VIEWER, REPOSITORY, LATEST, leaving.signal);
    const row = await begun(world);
    leaving.abort();
    await assert.rejects(gone);
    assert.equal((await world.find(row)).state, 'waiting');
  });
});

describe('what is not there upstream', () => {
  it('is not there, and is not asked for again at once', async (context) => {
    const world = await open(context);
    world.upstream.answer = (_request, response) => refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    const first = world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    await world.work(await begun(world));
    assert.equal(await first, null);
    world.hand.time += 1000;
    assert.equal(await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal), null);
    assert.equal((await rows(world)).length, 1);
  });
});

describe('what was refused', () => {
  it('before anything of it came here is not asked for again at once, and then once', async (context) => {
    const world = await open(context, { tags: [{ kind: 'exact', tag: 'latest' }] });
    const first = world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    const row = await begun(world);
    const { time } = world.hand;
    const change = { state: 'refused', reason: 'no such platform' } as const;
    assert.ok(await world.store.records.acquisitions.update(row.id, row.version, change, time));
    const refused = { kind: 'refused', message: 'no such platform' };
    assert.deepEqual(await first, refused);
    for (let times = 0; times < 5; times += 1) {
      assert.deepEqual(await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal), refused);
    }
    assert.equal((await rows(world)).length, 1);
    world.hand.time += 1;
    world.sources.changedAt = world.hand.time;
    void world.gate.pull(VIEWER, REPOSITORY, LATEST, signal).catch(() => undefined);
    await begun(world);
    assert.equal((await rows(world)).length, 2);
  });

  it('again and again has the reason of the first time', async (context) => {
    const world = await open(context, {}, { refreshMs: 1000 });
    for (let times = 0; times < 4; times += 1) {
      const pull = world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
      const row = await begun(world);
      await world.work(row);
      await (times === 0 ? world.judge(row, 'held', 'a finding') : undefined);
      const answer = await pull;
      const message = times === 0 ? 'a finding' : 'it was held before: a finding';
      assert.deepEqual(answer, { kind: 'refused', message });
      world.hand.time += HOUR;
    }
    assert.equal((await rows(world)).length, 4);
  });
});

describe('who has nothing taken by pulling', () => {
  it('whoever may not pull, and whoever asks for what hangs on an image', async (context) => {
    const world = await open(context);
    const outsider: Subject = { ...VIEWER, grants: [{ role: 'viewer', scope: 'other/*', environment: '*' }] };
    assert.equal(await world.gate.pull(outsider, REPOSITORY, LATEST, signal), null);
    const tag = `${world.image.manifestDigest.replace(':', '-')}.sig`;
    assert.equal(await world.gate.pull(VIEWER, REPOSITORY, { tag }, signal), null);
    assert.equal(await world.gate.pull(VIEWER, 'team/own', LATEST, signal), null);
    assert.deepEqual(await rows(world), []);
  });

  it('where the source is off, and outside of what it takes: that is told, once a minute', async (context) => {
    const world = await open(context, { firstPull: { mode: 'off', waitMs: 1 } });
    assert.equal(await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal), null);
    world.sources.all = [sourceOf(world.upstream.host, { tags: [{ kind: 'exact', tag: 'stable' }] })];
    for (let times = 0; times < 3; times += 1) {
      assert.equal((await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal))?.kind, 'refused');
    }
    const denied = await eventsOf(world, 'acquisition.denied.v1');
    assert.deepEqual([denied.length, denied[0]?.actor, denied[0]?.data['reference']], [1, 'user:vera', 'latest']);
    assert.deepEqual([await rows(world), world.upstream.asked], [[], []]);
  });

  it('and of one who asks for anything at all so much is told, and no more', async (context) => {
    const world = await open(context, { tags: [{ kind: 'exact', tag: 'stable' }], repositories: ['team/*'] });
    for (let count = 0; count < 50; count += 1) {
      await world.gate.pull(VIEWER, REPOSITORY, { tag: `tag-${count}` }, signal);
      await world.gate.pull(VIEWER, `mirror/team/${count}`, LATEST, signal);
    }
    assert.equal((await eventsOf(world, 'acquisition.denied.v1')).length, 20);
  });

  it('whoever had too much taken lately; joining others costs nothing', async (context) => {
    const world = await open(context, hold(1), { rate: { burst: 2, everyMs: 60_000 } });
    const ask = async (tag: string, who = VIEWER): Promise<string | undefined> => {
      const answer = await world.gate.pull(who, REPOSITORY, { tag }, signal);
      return answer?.kind === 'wait' ? answer.message : answer?.kind;
    };
    for (const tag of ['a', 'b', 'a', 'b']) {
      assert.match((await ask(tag)) ?? '', /being taken/);
    }
    assert.match((await ask('c')) ?? '', /too much that is new/);
    assert.match((await ask('c', { ...VIEWER, id: 'user:victor' })) ?? '', /being taken/);
    world.hand.time += DAY;
    assert.match((await ask('d')) ?? '', /being taken/);
  });
});

it('documents that cannot be read take nothing, and are no error of whoever pulls', async (context) => {
  const world = await open(context);
  world.sources.active = () => Promise.reject(new AppError('DOCUMENTS_UNUSABLE', 'they cannot be used'));
  assert.equal(await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal), null);
  assert.equal(await world.gate.unjudged(REPOSITORY, world.image.manifestDigest), null);
});

describe('a tag that is served', () => {
  async function served(context: TestContext): Promise<Scene> {
    const world = await open(context, {}, { refreshMs: 60_000 });
    const first = world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    const row = await begun(world);
    await world.work(row);
    await world.judge(row, 'promoted');
    await first;
    return world;
  }

  it('is answered at once, and looked at upstream now and then', async (context) => {
    const world = await served(context);
    assert.deepEqual(await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal), { kind: 'ready', warning: null });
    world.gate.served(REPOSITORY, 'latest');
    world.hand.time += 120_000;
    for (let times = 0; times < 5; times += 1) {
      world.gate.served(REPOSITORY, 'latest');
    }
    const row = await begun(world);
    assert.deepEqual([row.requestedBy, row.reference, (await rows(world)).length], ['source:upstream', 'latest', 2]);
  });

  it('but not where people pushed it themselves', async (context) => {
    const world = await served(context);
    await pushTo(world, REPOSITORY, { tag: 'own' });
    world.hand.time += 120_000;
    world.gate.served(REPOSITORY, 'own');
    world.gate.served(REPOSITORY, 'latest');
    await begun(world);
    assert.ok((await rows(world)).every(({ reference }) => reference === 'latest'));
  });
});

describe('a source that serves what nobody has decided about', () => {
  it('as soon as all of it is here, with a warning, until it is decided', async (context) => {
    const world = await open(context, { firstPull: { mode: 'serve', waitMs: 60_000 } });
    const { manifestDigest, layerDigest, configDigest } = world.image;
    const pull = world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    const row = await begun(world);
    for (const digest of [manifestDigest, layerDigest]) {
      assert.equal(await world.gate.unjudged(REPOSITORY, digest), null);
    }
    await world.work(row);
    const answer = await pull;
    assert.ok(answer?.kind === 'ready' && answer.warning?.includes('nobody has decided'));
    const own = await pushTo(world, REPOSITORY, { layers: ['of somebody else'] });
    for (const digest of [manifestDigest, layerDigest, configDigest]) {
      assert.ok((await world.gate.unjudged(REPOSITORY, digest)) !== null);
    }
    assert.equal(await world.gate.unjudged(REPOSITORY, own), null);
    assert.equal(await world.gate.unjudged('mirror/team/other', manifestDigest), null);
    await world.judge(row, 'held', 'a critical finding');
    for (const digest of [manifestDigest, layerDigest]) {
      assert.equal(await world.gate.unjudged(REPOSITORY, digest), null);
    }
    const after = await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    assert.equal(after?.kind, 'refused');
  });

  it('but not what a person has decided about meanwhile', async (context) => {
    const world = await open(context, { firstPull: { mode: 'serve', waitMs: 60_000 } });
    const { manifestDigest: digest, layerDigest } = world.image;
    const pull = world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    await world.work(await begun(world));
    await pull;
    assert.ok((await world.gate.unjudged(REPOSITORY, layerDigest)) !== null);
    await changeState(world, ADMIN, { repository: REPOSITORY, digest, to: 'revoked', reason: 'no' });
    for (const part of [digest, layerDigest]) {
      assert.equal(await world.gate.unjudged(REPOSITORY, part), null);
    }
  });

  it('nor what was decided here before, by a person or by policy', async (context) => {
    const quarantine = async (world: Scene, by: Subject): Promise<void> => {
      world.hand.time += HOUR;
      await changeState(world, by, {
        repository: REPOSITORY,
        digest: world.image.manifestDigest,
        to: 'quarantined',
        reason: 'by policy or not',
      });
    };
    for (const end of ['a person', 'policy', 'held', 'judged', 'meanwhile'] as const) {
      const world = await open(context, { firstPull: { mode: 'serve', waitMs: 60_000 } });
      const { manifestDigest: digest, layerDigest } = world.image;
      const pull = world.gate.pull(VIEWER, REPOSITORY, { digest }, signal);
      const row = await begun(world);
      await world.work(row);
      await pull;
      assert.ok((await world.gate.unjudged(REPOSITORY, layerDigest)) !== null);
      if (end === 'judged') {
        const judgement = {
          repositoryId: row.repository.id,
          digest,
          environment: 'default',
          outcome: 'refused',
        } as const;
        const said = { reason: 'no', verdict: digest, validUntil: null, judgedAt: world.hand.time };
        await world.store.records.judgements.set(row.repository, { ...judgement, ...said });
      } else if (end === 'meanwhile') {
        await changeState(world, WORKER, { repository: REPOSITORY, digest, to: 'approved', reason: 'admitted' });
        await quarantine(world, WORKER);
      } else {
        await world.judge(row, end === 'held' ? 'held' : 'promoted', 'a finding');
        await (end === 'held' ? undefined : quarantine(world, end === 'policy' ? WORKER : ADMIN));
        world.hand.time += HOUR;
        world.sources.changedAt = world.hand.time;
        const again = world.gate.pull(VIEWER, REPOSITORY, { digest }, signal);
        if (end === 'a person') {
          const message = 'it was put into quarantine here: by policy or not';
          assert.deepEqual(await again, { kind: 'refused', message });
        } else {
          await world.work(await begun(world));
          await again;
          assert.equal((await begun(world)).state, 'judging');
        }
      }
      for (const part of [digest, layerDigest]) {
        assert.equal(await world.gate.unjudged(REPOSITORY, part), null, end);
      }
    }
  });

  it('and no other source', async (context) => {
    const world = await open(context, hold(1));
    await world.gate.pull(VIEWER, REPOSITORY, LATEST, signal);
    await world.work(await begun(world));
    assert.equal(await world.gate.unjudged(REPOSITORY, world.image.manifestDigest), null);
  });
});
