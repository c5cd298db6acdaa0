import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Dictionary, loadMoving, type ShardNews } from '#assess/index.ts';
import { digestOf } from '#base/digest.ts';
import { silentLog } from '#base/log.ts';
import { openWorld, pushTo, repositoryOf, signal, type World } from '#test/fixtures/catalog-world.ts';
import { type Followed, follow } from './follow.ts';

const REPOSITORY = 'team/app';
const LODASH = 'pkg:npm/lodash@4.17.4';
const NUGET = 'pkg:nuget/Newtonsoft.Json@12.0.1';
const NGINX = 'pkg:generic/nginx@1.25.3';
const SSL = 'pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl';
const KERNEL = 'pkg:rpm/rhel/kernel-core@5.14.0-1.el9?arch=x86_64&distro=rhel-9.3&upstream=kernel';
const ALL = [LODASH, NUGET, NGINX, SSL, KERNEL];
const NOTHING: ShardNews & { readonly kind: 'some' } = {
  kind: 'some',
  advisories: new Set(),
  packages: new Map(),
  signals: new Set(),
  products: new Set(),
};

interface Following extends World {
  follow(shard: string, news: Parameters<typeof follow>[1]['news']): Promise<Followed>;
  due(): Promise<readonly string[]>;
}

/** An image for each package; nobody has any advisories. */
async function openFollowing(context: TestContext): Promise<Following> {
  const world = await openWorld(context);
  const { records } = world.store;
  const purls = new Map<string, string>();
  for (const purl of ALL) {
    const digest = await pushTo(world, REPOSITORY, { layers: [purl] });
    const [layerSet, analysedAt] = [digestOf(purl), world.hand.time];
    await records.inventories.write({ layerSet, packages: [purl], unknowns: [], analysedAt, content: null });
    await records.inventories.assign(await repositoryOf(world, REPOSITORY), digest, {
      layerSet,
      unknowns: [],
      analysedAt,
    });
    purls.set(digest, purl);
  }
  const { groupsIn, MovingAdvisories } = await loadMoving();
  const home = join(world.folder, 'home');
  const advisories = new MovingAdvisories({ sources: [], home, offline: true, clock: world.clock, signal });
  const dictionary: Dictionary = {
    packages: (prefix, page) => records.inventories.packages(prefix, page),
    versionsOf: (names, page) => records.findings.versionsOf(names, page),
  };
  const following = { ...world, log: silentLog, home, advisories };
  return {
    ...world,
    follow: async (shard, news) => {
      const groups = await groupsIn(dictionary, signal);
      return await follow(following, { shard, news, dictionary, groups }, signal);
    },
    due: async () => {
      const taken = await records.judgements.take(100, world.hand.time, world.hand.time + 1);
      await Promise.all(
        taken.map(
          async ({ repository, digest, lease }) =>
            await records.judgements.done([{ repositoryId: repository.id, digest: digest }], lease),
        ),
      );
      return taken.map(({ digest }) => purls.get(digest) ?? '?');
    },
  };
}

function names(
  ...packages: readonly (readonly [ecosystem: string, name: string])[]
): ShardNews & { readonly kind: 'some' } {
  return { ...NOTHING, packages: new Map(packages.map(([ecosystem, name]) => [ecosystem, new Set([name])])) };
}

for (const [what, shard, news, expected] of [
  ['a package of a language', 'npm', names(['npm', 'lodash']), [LODASH]],
  ['a package that nobody has', 'npm', names(['npm', 'left-pad']), []],
  ['a name whose case says nothing', 'NuGet', names(['NuGet', 'newtonsoft.json']), [NUGET]],
  ['a source package of a release', 'Debian', names(['Debian:12', 'openssl']), [SSL]],
  ['another release', 'Debian', names(['Debian:11', 'openssl']), []],
  [
    'a binary of rpm, by any product of its vendor',
    'Red Hat',
    names(['Red Hat:enterprise_linux:9::baseos', 'kernel']),
    [KERNEL],
  ],
  ['a program that a CPE alone names', 'NVD', names(['NVD', 'f5:nginx']), [NGINX]],
  ['all of a shard that is new', 'Debian', { kind: 'all' }, [SSL]],
  ['signals that are new', 'KEV', { kind: 'all' }, ALL],
  ['dates of support', 'Lifecycle', { ...NOTHING, products: new Set(['debian']) }, ALL],
  ['a signal of a vulnerability', 'KEV', { ...NOTHING, signals: new Set(['CVE-2024-0001']) }, [LODASH]],
  ['a rating of a vulnerability', 'NVD', { ...NOTHING, advisories: new Set(['CVE-2024-0001']) }, [LODASH]],
  ['a signal that nothing has', 'KEV', { ...NOTHING, signals: new Set(['CVE-2024-0002']) }, []],
] as const) {
  test(`news about ${what} are about those images`, async (context) => {
    const world = await openFollowing(context);
    const finding = {
      purl: LODASH,
      id: 'GHSA-1',
      aliases: ['CVE-2024-0001'],
      severity: 'high',
      fixedIn: null,
    } as const;
    await world.store.records.findings.replace([LODASH], [finding], 1);
    const { images } = await world.follow(shard, news);
    const due = await world.due();
    assert.deepEqual([images, due.toSorted()], [expected.length, [...expected].toSorted()]);
  });
}

test('an image is marked once, however many of its packages news are about', async (context) => {
  const world = await openFollowing(context);
  const purls = Array.from({ length: 1200 }, (_, index) => `pkg:npm/many@1.0.${index}`);
  const digest = await pushTo(world, REPOSITORY, { layers: ['many'] });
  const [layerSet, analysedAt] = [digestOf('many'), world.hand.time];
  const { inventories } = world.store.records;
  await inventories.write({ layerSet, packages: purls.toSorted(), unknowns: [], analysedAt, content: null });
  await inventories.assign(await repositoryOf(world, REPOSITORY), digest, { layerSet, unknowns: [], analysedAt });
  assert.deepEqual(await world.follow('npm', { kind: 'all' }), { packages: 1201, images: 2 });
});
