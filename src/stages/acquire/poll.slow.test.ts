import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Acquisition, AcquisitionChange } from '#model/platform/acquisition.ts';
import type { AcquireRules } from '#model/policy.ts';
import { type AcquireWorld, openAcquireWorld, sourceOf } from '#test/fixtures/acquire-stage.ts';
import { DAY, eventsOf, HOUR, signal } from '#test/fixtures/catalog-world.ts';
import {
  type HostileRegistry,
  refuse,
  type ServedImage,
  serveImage,
  startHostile,
} from '#test/fixtures/hostile-registry.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';
import { pollSources } from './poll.ts';
import { beginAcquisition } from './request.ts';

interface Scene extends AcquireWorld {
  readonly upstream: HostileRegistry;
  /** Tags, and what they mean. */
  readonly tags: Map<string, ServedImage>;
}

const imageOf = (text: string): ServedImage => serveImage(tarOf([{ name: 'etc/text', content: text }]));

async function open(context: TestContext, rules: Partial<AcquireRules> = {}): Promise<Scene> {
  const tags = new Map([
    ['1.0.0', imageOf('one')],
    ['1.1.0', imageOf('two')],
    ['2.0.0', imageOf('three')],
    ['latest', imageOf('three')],
  ]);
  const upstream = await startHostile(context, (request, response) => {
    const path = request.url ?? '';
    const last = path.slice(path.lastIndexOf('/') + 1);
    if (path.startsWith('/v2/team/app/tags/list')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ tags: [...tags.keys()] }));
      return;
    }
    const image =
      tags.get(last) ??
      [...tags.values()].find((each) =>
        [each.manifestDigest, each.configDigest, each.layerDigest].some((digest) => path.endsWith(digest)),
      );
    if (image === undefined || path.includes('/referrers/')) {
      refuse(response, 404, 'NOT_FOUND', 'no such thing');
    } else {
      request.url = tags.has(last) ? path.replace(last, 'latest') : path;
      image.answer(request, response);
    }
  });
  const source = sourceOf(upstream.host, {
    repositories: ['team/app'],
    tags: [{ kind: 'semver', range: '>=1' }],
    everyMs: HOUR,
    ...rules,
  });
  return { ...(await openAcquireWorld(context, [source])), upstream, tags };
}

async function rows({ store }: AcquireWorld): Promise<readonly Acquisition[]> {
  return await store.records.acquisitions.list({ prefixes: null, source: null, state: null, after: null, limit: 100 });
}

async function take(world: Scene): Promise<void> {
  for (const row of await rows(world)) {
    await world.work(row);
    if ((await world.find(row)).state === 'judging') {
      await world.judge(row, row.reference === '1.1.0' ? 'held' : 'promoted', 'a finding');
    }
  }
}

describe('a source with a schedule', () => {
  it('has taken what is new and fits its rules, when its time has come', async (context) => {
    const world = await open(context);
    const polled = await pollSources(world, signal);
    assert.deepEqual(polled, { sources: 1, tags: 3, requested: 3, revived: 0 });
    assert.deepEqual((await rows(world)).map(({ reference }) => reference).toSorted(), ['1.0.0', '1.1.0', '2.0.0']);
    assert.ok((await rows(world)).every(({ requestedBy }) => requestedBy === 'source:upstream'));
    await take(world);
    world.upstream.asked.length = 0;
    world.hand.time += HOUR - 1;
    assert.equal((await pollSources(world, signal)).sources, 0);
    assert.deepEqual(world.upstream.asked, []);
    world.hand.time += 2;
    // Nothing is new, and what was held is not taken again.
    assert.deepEqual(await pollSources(world, signal), { sources: 1, tags: 3, requested: 0, revived: 0 });
    world.tags.set('2.0.0', imageOf('four'));
    world.hand.time += HOUR + 1;
    assert.equal((await pollSources(world, signal)).requested, 1);
  });

  it('is looked at by one of many workers', async (context) => {
    const world = await open(context);
    const all = await Promise.all(Array.from({ length: 5 }, async () => await pollSources(world, signal)));
    assert.equal(
      all.reduce((sum, { sources }) => sum + sources, 0),
      1,
    );
  });

  it('has taken no more than a run may; the next ones go on', async (context) => {
    const world = await open(context);
    const limits = { repositories: 10, tags: 2, requests: 1 };
    for (let run = 0; run < 6; run += 1) {
      assert.ok((await pollSources(world, signal, limits)).requested <= 1);
      await take(world);
      world.hand.time += HOUR + 1;
    }
    assert.deepEqual([...new Set((await rows(world)).map(({ reference }) => reference))].toSorted(), [
      '1.0.0',
      '1.1.0',
      '2.0.0',
    ]);
  });

  it('asks for what fails for good once a day, or when it changes, so that the rest has its turn', async (context) => {
    const world = await open(context);
    const limits = { repositories: 10, tags: 10, requests: 1 };
    const broken = world.tags.get('1.0.0') ?? imageOf('one');
    const poll = async (): Promise<readonly string[]> => {
      world.hand.time += HOUR + 1;
      await pollSources(world, signal, limits);
      const open = (await rows(world)).filter(({ finishedAt }) => finishedAt === null);
      for (const row of open) {
        const change = { state: 'failed', reason: 'no', digest: world.tags.get(row.reference)?.manifestDigest ?? null };
        const { acquisitions } = world.store.records;
        assert.ok(await acquisitions.update(row.id, row.version, change as AcquisitionChange, world.hand.time));
      }
      return open.map(({ reference }) => reference);
    };
    assert.deepEqual([await poll(), await poll(), await poll(), await poll()], [['1.0.0'], ['1.1.0'], ['2.0.0'], []]);
    world.tags.set('1.0.0', imageOf('mended'));
    assert.deepEqual(await poll(), ['1.0.0']);
    world.tags.set('1.0.0', broken);
    world.hand.time += DAY;
    assert.deepEqual(await poll(), ['1.0.0']);
  });

  it('has each of many repositories looked at in its turn', async (context) => {
    const world = await open(context, { repositories: ['**'] });
    for (const name of ['mirror/a', 'mirror/b', 'mirror/c', 'mirror/team/app']) {
      await world.store.records.repositories.ensure(name, world.hand.time);
    }
    for (let run = 0; run < 2; run += 1) {
      await pollSources(world, signal, { repositories: 2, tags: 10, requests: 10 });
      world.hand.time += HOUR + 1;
    }
    assert.equal((await rows(world)).length, 3);
  });

  it('that does not answer holds up no other', async (context) => {
    const world = await open(context);
    const dead = sourceOf('127.0.0.1:1', { repositories: ['a/b'], everyMs: HOUR, into: 'dead' }, 'dead');
    world.sources.all = [dead, ...world.sources.all];
    assert.equal((await pollSources(world, signal)).requested, 3);
  });

  it('and one without is left alone', async (context) => {
    const world = await open(context, { everyMs: null });
    assert.equal((await pollSources(world, signal)).sources, 0);
    assert.deepEqual(world.upstream.asked, []);
  });
});

it('an acquisition that nobody goes on with is enqueued again', async (context) => {
  const world = await open(context, { everyMs: null });
  const taken = (await world.sources.active()).upstreamOf('mirror/team/app', { tag: '1.0.0' });
  assert.ok(taken?.kind === 'taken');
  const { acquisition } = await beginAcquisition(world, 'user:admin', { taken, reference: '1.0.0' });
  assert.equal((await pollSources(world, signal)).revived, 0);
  world.hand.time += DAY;
  assert.equal((await pollSources(world, signal)).revived, 1);
  assert.equal((await pollSources(world, signal)).revived, 0);
  assert.equal((await world.store.jobs.counts()).waiting, 1);
  await world.work(acquisition);
  assert.equal((await world.find(acquisition)).state, 'judging');
});

describe('an acquisition whose image is looked at', () => {
  async function judging(context: TestContext): Promise<{ readonly world: Scene; readonly row: Acquisition }> {
    const world = await open(context, { everyMs: null });
    const taken = (await world.sources.active()).upstreamOf('mirror/team/app', { tag: '1.0.0' });
    assert.ok(taken?.kind === 'taken');
    const { acquisition } = await beginAcquisition(world, 'user:admin', { taken, reference: '1.0.0' });
    await world.work(acquisition);
    world.hand.time += DAY;
    return { world, row: await world.find(acquisition) };
  }

  it('is left alone while that is due, and has it looked at again when it is not', async (context) => {
    const { world, row } = await judging(context);
    const { judgements } = world.store.records;
    assert.equal((await pollSources(world, signal)).revived, 0);
    const [image] = await judgements.take(1, world.hand.time, world.hand.time + 1);
    assert.ok(image !== undefined);
    await judgements.done([{ repositoryId: row.repository.id, digest: image.digest }], image.lease);
    assert.equal((await judgements.due()).rest, 0);
    assert.equal((await pollSources(world, signal)).revived, 1);
    assert.equal((await pollSources(world, signal)).revived, 0);
    assert.deepEqual([(await judgements.due()).rest, (await world.find(row)).state], [1, 'judging']);
  });

  it('ends when that is not here any more', async (context) => {
    const { world, row } = await judging(context);
    const { repository, digest } = row;
    assert.ok(digest !== null);
    await world.store.records.trash.delete(repository.id, digest, 'user:admin', world.hand.time);
    assert.equal((await pollSources(world, signal)).revived, 1);
    const ended = await world.find(row);
    assert.deepEqual([ended.state, ended.reason], ['failed', 'it was deleted here while it was looked at']);
    const [event] = await eventsOf(world, 'acquisition.finished.v1');
    assert.deepEqual(event?.data['state'], 'failed');
  });
});
