import assert from 'node:assert/strict';
import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadMoving, type MovingAdvisories } from '#assess/index.ts';
import { type Digest, digestOf } from '#base/digest.ts';
import { silentLog } from '#base/log.ts';
import { evidence } from '#test/evidence.ts';
import { type AdvisoryFolder, advisoryFolder } from '#test/fixtures/advisory-folder.ts';
import { eventsOf, openWorld, pushTo, repositoryOf, signal, type World } from '#test/fixtures/catalog-world.ts';
import { missing } from '#test/prerequisites.ts';
import { CatchUp } from './catch-up.ts';
import type { AdvisoriesContext } from './context.ts';
import { type UpdatedAdvisories, updateAdvisories } from './update.ts';

evidence('advisories/news', 'published', 'archives of Alpine and npm by OSV, to which a record more is added');

const REPOSITORY = 'team/app';
const SSL = 'pkg:apk/alpine/libssl1.1@1.1.1c-r0?arch=x86_64&distro=alpine-3.10.9&upstream=openssl';
const SSL_OF_311 = 'pkg:apk/alpine/libssl1.1@1.1.1c-r0?arch=x86_64&distro=alpine-3.11.9&upstream=openssl';
const ZLIB = 'pkg:apk/alpine/zlib@1.2.11-r1?arch=x86_64&distro=alpine-3.10.9';
const LODASH = 'pkg:npm/lodash@4.17.4';
const BABEL = 'pkg:npm/%40babel/core@7.0.0';
const MODIFIED = '2026-01-02T03:04:05Z';
const LATER = '2026-01-02T04:04:05Z';
const MINUTE = 60 * 1000;

interface AdvisoryWorld extends World, AdvisoriesContext {
  readonly feed: AdvisoryFolder;
  update(): Promise<UpdatedAdvisories>;
  /** Packages by the image that holds them alone. */
  image(purl: string): Promise<Digest>;
  /** Judges all that is due: the packages, in their order. */
  due(): Promise<readonly string[]>;
}

async function openAdvisoryWorld(context: TestContext, ecosystems: readonly string[]): Promise<AdvisoryWorld> {
  const world = await openWorld(context);
  world.hand.time = Date.parse('2026-01-03T00:00:00Z');
  const fresh = { Alpine: 'Alpine:v3.10', npm: 'npm' };
  const feed = advisoryFolder(
    ecosystems,
    MODIFIED,
    Object.fromEntries(Object.entries(fresh).filter(([name]) => ecosystems.includes(name))),
  );
  context.after(() => feed.remove());
  const moving = await movingFor(context, world, feed, 'home');
  const full = { ...world, log: silentLog, home: join(world.folder, 'home'), advisories: moving, feed };
  const purls = new Map<Digest, string>();
  return {
    ...full,
    update: async () => {
      world.hand.time += 1000;
      return await updateAdvisories(full, signal);
    },
    image: async (purl) => {
      const digest = await pushTo(world, REPOSITORY, { layers: [purl] });
      const repository = await repositoryOf(world, REPOSITORY);
      const [layerSet, analysedAt] = [digestOf(purl), world.hand.time];
      const { inventories } = world.store.records;
      await inventories.write({ layerSet, packages: [purl], unknowns: [], analysedAt, content: new Uint8Array() });
      await inventories.assign(repository, digest, { layerSet, unknowns: [], analysedAt });
      purls.set(digest, purl);
      return digest;
    },
    due: async () => {
      const { judgements } = world.store.records;
      const taken = await judgements.take(100, world.hand.time, world.hand.time + 1);
      for (const { repository, digest, cause, lease } of taken) {
        assert.equal(cause, 'advisories');
        await judgements.done([{ repositoryId: repository.id, digest: digest }], lease);
      }
      return taken.map(({ digest }) => purls.get(digest) ?? '?').toSorted();
    },
  };
}

async function movingFor(
  context: TestContext,
  world: World,
  feed: Pick<AdvisoryFolder, 'folder'>,
  name: string,
): Promise<MovingAdvisories> {
  const { MovingAdvisories: Moving } = await loadMoving();
  const sources = [{ provider: 'osv', place: feed.folder, ecosystems: null }];
  const moving = new Moving({ sources, home: join(world.folder, name), offline: false, clock: world.clock, signal });
  context.after(() => moving.close());
  return moving;
}

async function found({ store }: World, purl: string): Promise<readonly string[]> {
  return (await store.records.findings.ofPackages([purl])).map(({ id }) => id);
}

test('advisories that nobody compared yet are news to every image that they speak of', {
  skip: missing('shared-data'),
}, async (context) => {
  const world = await openAdvisoryWorld(context, ['Alpine', 'npm']);
  for (const purl of [SSL, ZLIB, LODASH]) {
    await world.image(purl);
  }
  const updated = await world.update();
  assert.deepEqual([updated.changed, updated.failed, updated.packages, updated.images], [2, 0, 3, 3]);
  assert.deepEqual(await world.due(), [ZLIB, SSL, LODASH].toSorted());
  assert.ok((await found(world, SSL)).includes('CVE-2019-1547'));
  assert.ok((await found(world, LODASH)).includes('CVE-2018-16487'));
  const again = await world.update();
  assert.deepEqual([again.changed, again.unchanged, again.images, await world.due()], [0, 2, 0, []]);
});

test('one more advisory is about those that hold the package, by their own name, that of the source and the release', {
  skip: missing('shared-data'),
}, async (context) => {
  const world = await openAdvisoryWorld(context, ['Alpine', 'npm']);
  for (const purl of [SSL, SSL_OF_311, ZLIB, LODASH, BABEL]) {
    await world.image(purl);
  }
  await world.update();
  await world.due();
  world.feed.add('Alpine', {
    id: 'CVE-2026-0001',
    of: 'Alpine:v3.10',
    name: 'openssl',
    fixed: '9-r0',
    modified: MODIFIED,
  });
  world.feed.add('npm', { id: 'CVE-2026-0002', of: 'npm', name: '@babel/core', fixed: '7.1.0', modified: MODIFIED });
  const updated = await world.update();
  assert.deepEqual([updated.changed, updated.packages, updated.images], [2, 2, 2]);
  assert.deepEqual(await world.due(), [SSL, BABEL].toSorted());
  assert.ok((await found(world, SSL)).includes('CVE-2026-0001'));
  assert.deepEqual((await found(world, SSL_OF_311)).includes('CVE-2026-0001'), false);
  assert.ok((await found(world, BABEL)).includes('CVE-2026-0002'));
  const events = await eventsOf(world, 'advisories.updated.v1');
  assert.deepEqual(
    events.slice(-2).map(({ data }) => [data['ecosystem'], data['packages'], data['images']]),
    [
      ['Alpine', 1, 1],
      ['npm', 1, 1],
    ],
  );
});

test('who died in the middle finds the same news again', { skip: missing('shared-data') }, async (context) => {
  const world = await openAdvisoryWorld(context, ['Alpine']);
  await world.image(SSL);
  await world.update();
  await world.due();
  world.feed.add('Alpine', { id: 'CVE-2026-0001', of: 'Alpine:v3.10', name: 'openssl', modified: MODIFIED });
  // The shard is the new one, and nothing of what follows was written.
  await world.advisories.update(['Alpine:v3.10']);
  assert.deepEqual(await world.due(), []);
  await world.update();
  assert.deepEqual(await world.due(), [SSL]);
});

test('a feed that cannot be read leaves what is here, and says so', {
  skip: missing('shared-data'),
}, async (context) => {
  const world = await openAdvisoryWorld(context, ['Alpine']);
  await world.image(SSL);
  await world.update();
  await world.due();
  const before = await found(world, SSL);
  world.feed.remove();
  const updated = await world.update();
  assert.deepEqual([updated.changed, updated.failed, updated.images], [0, 1, 0]);
  assert.deepEqual([await world.due(), await found(world, SSL)], [[], before]);
  const { reader, unknowns } = await world.advisories.shard('Alpine:v3.10');
  assert.deepEqual([reader === null, unknowns.map(({ kind }) => kind)], [false, ['stale-advisories']]);
});

test('another worker looks at the source before it judges what this one has marked', {
  skip: missing('shared-data'),
}, async (context) => {
  const world = await openAdvisoryWorld(context, ['Alpine']);
  await world.image(SSL);
  const other = await movingFor(context, world, world.feed, 'other');
  const catchUp = new CatchUp({ ...world, advisories: other, home: join(world.folder, 'other') });
  const knows = async (): Promise<boolean> => {
    const { reader } = await other.shard('Alpine:v3.10');
    return (reader?.find('CVE-2026-0001').length ?? 0) > 0;
  };
  await catchUp.run();
  assert.equal(await knows(), false);
  world.feed.add('Alpine', { id: 'CVE-2026-0001', of: 'Alpine:v3.10', name: 'openssl', modified: MODIFIED });
  await world.update();
  assert.equal(await knows(), false);
  assert.equal(await catchUp.run(), true);
  assert.equal(await knows(), true);
});

/** A worker of its own, over the same stores. */
async function otherWorker(context: TestContext, world: AdvisoryWorld, folder: string, name: string) {
  const lines: unknown[] = [];
  const log = { ...silentLog, warn: (_: string, fields: unknown) => void lines.push(fields) };
  const advisories = await movingFor(context, world, { folder }, name);
  return { catchUp: new CatchUp({ ...world, log, advisories, home: join(world.folder, name) }), lines, advisories };
}

test('who cannot have what was announced is behind until it can, and says so once', {
  skip: missing('shared-data'),
}, async (context) => {
  const world = await openAdvisoryWorld(context, ['Alpine']);
  await world.image(SSL);
  const mirror = join(world.folder, 'mirror');
  cpSync(world.feed.folder, mirror, { recursive: true });
  const { catchUp, lines } = await otherWorker(context, world, mirror, 'other');
  world.feed.add('Alpine', { id: 'CVE-2026-0001', of: 'Alpine:v3.10', name: 'openssl', modified: LATER });
  await world.update();
  // A mirror that lags behind, and then one that is not there.
  assert.equal(await catchUp.run(), false);
  rmSync(mirror, { recursive: true });
  for (const later of [0, MINUTE, MINUTE]) {
    world.hand.time += later;
    assert.equal(await catchUp.run(), false);
  }
  assert.deepEqual(lines, [
    { shards: 'Alpine', reason: 'the source gives older Alpine advisories than it gave another worker' },
  ]);
  cpSync(world.feed.folder, mirror, { recursive: true });
  // It was asked a moment ago.
  assert.equal(await catchUp.run(), false);
  world.hand.time += MINUTE;
  assert.equal(await catchUp.run(), true);
  // After a restart it has what it had, whatever the source gives.
  rmSync(mirror, { recursive: true });
  const restarted = await otherWorker(context, world, mirror, 'other');
  assert.deepEqual([await restarted.catchUp.run(), restarted.lines], [true, []]);
});

test('what was not known is judged again when a feed is back, also where it says nothing new', {
  skip: missing('shared-data'),
}, async (context) => {
  const world = await openAdvisoryWorld(context, ['Alpine']);
  const blind = await world.image(SSL);
  await world.image(ZLIB);
  await world.update();
  await world.due();
  const other = await otherWorker(context, world, world.feed.folder, 'other');
  assert.equal(await other.catchUp.run(), true);
  const away = join(world.folder, 'away');
  renameSync(world.feed.folder, away);
  await world.update();
  await other.advisories.update(['Alpine:v3.10']);
  const repository = await repositoryOf(world, REPOSITORY);
  const unknown = { repositoryId: repository.id, digest: blind, environment: 'default', outcome: 'unknown' } as const;
  const rest = { reason: 'why', verdict: digestOf('verdict'), validUntil: null, judgedAt: world.hand.time };
  await world.store.records.judgements.set(repository, { ...unknown, ...rest });
  await world.update();
  assert.deepEqual(await world.due(), []);
  renameSync(away, world.feed.folder);
  const { changed, unchanged, images } = await world.update();
  assert.deepEqual([changed, unchanged, images], [0, 1, 1]);
  assert.deepEqual(await world.due(), [SSL]);
  // The other worker could not look at it either: it does before it judges.
  assert.equal((await other.advisories.shard('Alpine:v3.10')).unknowns.length, 1);
  assert.equal(await other.catchUp.run(), true);
  assert.equal((await other.advisories.shard('Alpine:v3.10')).unknowns.length, 0);
  await world.update();
  assert.deepEqual(await world.due(), []);
});
