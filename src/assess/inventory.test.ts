import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImageFacts } from '#lib/layers/index.ts';
import { loadCatalogers } from '#lib/packages/index.ts';
import type { Inventory } from '#model/inventory.ts';
import { imageOf, layerOf } from '#test/fixtures/layers.ts';
import type { TarInput } from '#test/fixtures/tar-writer.ts';
import { assembleInventory } from './inventory.ts';

const catalogers = await loadCatalogers();

const APK = 'lib/apk/db/installed';

function apkDatabase(...packages: readonly string[]): TarInput {
  const blocks = packages.map((item) => {
    const [name, version] = item.split(' ');
    return `P:${name}\nV:${version}\nA:x86_64\n\n`;
  });
  return { path: APK, content: blocks.join('') };
}

function npmPackage(folder: string, name: string, version: string): TarInput {
  return { path: `${folder}/node_modules/${name}/package.json`, content: JSON.stringify({ name, version }) };
}

async function inventoryOf(...layers: readonly (readonly TarInput[])[]): Promise<Inventory> {
  const image = imageOf(...layers.map((entries) => layerOf(entries)));
  const facts = await readImageFacts(image, catalogers, { integrity: 'require' });
  const inventory = assembleInventory(facts, catalogers);
  const numbers = new Map(facts.layers.map((layer, index) => [layer.diffId, `layer ${index}`]));
  return JSON.parse(
    JSON.stringify(inventory, (key, value: Inventory['packages'][number]['layer']) =>
      key === 'layer' ? (numbers.get(value) ?? value) : value,
    ),
  ) as Inventory;
}

function layersOf(inventory: Inventory): readonly string[] {
  return inventory.packages.map((item) => `${item.name} ${item.version} ${item.layer}`);
}

test('a package belongs to the layer from which its database has held it without a break', async () => {
  const inventory = await inventoryOf(
    [apkDatabase('busybox 1.0', 'musl 1.0', 'zlib 1.0')],
    [apkDatabase('busybox 1.0', 'musl 1.1', 'openssl 3.0')],
    [apkDatabase('busybox 1.0', 'musl 1.1', 'openssl 3.0', 'zlib 1.0')],
  );
  assert.deepEqual(layersOf(inventory), [
    'busybox 1.0 layer 0',
    'musl 1.1 layer 1',
    'openssl 3.0 layer 1',
    'zlib 1.0 layer 2',
  ]);
});

test('a database that was deleted in between starts anew', async () => {
  const inventory = await inventoryOf(
    [apkDatabase('musl 1.0')],
    [{ path: 'lib/apk/db/.wh.installed', content: '' }],
    [apkDatabase('musl 1.0')],
  );
  assert.deepEqual(layersOf(inventory), ['musl 1.0 layer 2']);
});

test('one package in two places is listed once, with both locations, in the lower layer', async () => {
  const inventory = await inventoryOf([npmPackage('srv', 'a', '1.0.0')], [npmPackage('opt', 'a', '1.0.0')]);
  assert.equal(inventory.packages.length, 1);
  const [item] = inventory.packages;
  assert.equal(item?.layer, 'layer 0');
  assert.deepEqual(
    item?.locations.map((location) => `${location.path} ${location.layer}`),
    ['/opt/node_modules/a/package.json layer 1', '/srv/node_modules/a/package.json layer 0'],
  );
});

function needy(folder: string, name: string, version: string, ...needs: readonly string[]): TarInput {
  const dependencies = Object.fromEntries(needs.map((each) => [each, '*']));
  return { path: `${folder}/package.json`, content: JSON.stringify({ name, version, dependencies }) };
}

function edgesOf({ packages }: Inventory): readonly string[] {
  return packages.flatMap(({ purl, dependsOn = [] }) =>
    dependsOn.map((each) => `${purl} ${each}`.replaceAll('pkg:npm/', '')),
  );
}

test('a package needs what Node would load: the nearest, by the name of its folder', async () => {
  const inventory = await inventoryOf(
    [
      needy('app/node_modules/a', 'a', '1.0.0', 'b', 'c', 'alias', 'gone'),
      needy('app/node_modules/b', 'b', '1.0.0', 'c', 'a'),
      needy('app/node_modules/c', 'c', '1.0.0'),
      needy('app/node_modules/alias', 'd', '1.0.0', 'c', 'd'),
    ],
    [
      needy('app/node_modules/b/node_modules/c', 'c', '2.0.0', 'b'),
      needy('other/node_modules/gone', 'gone', '1.0.0', 'b'),
      { path: 'app/node_modules/alias/node_modules/c/package.json/x', content: '' },
    ],
  );
  assert.deepEqual(edgesOf(inventory), [
    'a@1.0.0 b@1.0.0',
    'a@1.0.0 c@1.0.0',
    'a@1.0.0 d@1.0.0',
    'b@1.0.0 a@1.0.0',
    'b@1.0.0 c@2.0.0',
    'c@2.0.0 b@1.0.0',
    'd@1.0.0 c@1.0.0',
  ]);
});

test('through the links that pnpm makes, and not round and round', async () => {
  const store = 'app/node_modules/.pnpm';
  const inventory = await inventoryOf([
    needy(`${store}/a@1.0.0/node_modules/a`, 'a', '1.0.0', 'b', 'loop'),
    needy(`${store}/b@1.0.0/node_modules/b`, 'b', '1.0.0'),
    needy(`${store}/b@2.0.0/node_modules/b`, 'b', '2.0.0'),
    { path: 'app/node_modules/a', type: 'symlink', link: '.pnpm/a@1.0.0/node_modules/a' },
    { path: `${store}/a@1.0.0/node_modules/b`, type: 'symlink', link: '../../b@2.0.0/node_modules/b' },
    { path: `${store}/a@1.0.0/node_modules/loop`, type: 'symlink', link: 'loop' },
  ]);
  assert.deepEqual(edgesOf(inventory), ['a@1.0.0 b@2.0.0']);
});

test('what a link in node_modules leads to outside of it is a package, unless it is private', async () => {
  const link = (path: string, to: string): TarInput => ({ path, type: 'symlink', link: to });
  const inventory = await inventoryOf(
    [
      needy('app/packages/a', '@w/a', '1.0.0', 'b', 'c'),
      needy('app/packages/a/node_modules/c', 'c', '1.0.0'),
      needy('app/packages/unlinked', 'unlinked', '1.0.0'),
      { path: 'app/packages/b/package.json', content: '{"name":"b","version":"1.0.0","private":true}' },
      { path: 'app/packages/bare/package.json', content: '{"type":"module"}' },
      { path: 'app/packages/broken/package.json', content: '{' },
      needy('usr/src/d', 'd', '2.0.0', '@w/a', 'e'),
      needy('usr/node_modules/e', 'e', '1.0.0'),
    ],
    [
      link('app/node_modules/@w/a', '../../packages/a'),
      link('app/node_modules/again', '/app/packages/a'),
      link('app/node_modules/b', '../packages/b'),
      link('app/node_modules/bare', '../packages/bare'),
      link('app/node_modules/broken', '../packages/broken'),
      link('app/node_modules/gone', '../packages/gone'),
      link('app/node_modules/round', 'round'),
      link('usr/lib/node_modules/d', '../../src/d'),
      link('app/other/unlinked', '../packages/unlinked'),
    ],
  );
  assert.deepEqual(
    inventory.packages.map(({ name, layer, locations }) => [name, layer, locations.map(({ path }) => path)]),
    [
      ['@w/a', 'layer 0', ['/app/packages/a/package.json']],
      ['c', 'layer 0', ['/app/packages/a/node_modules/c/package.json']],
      ['d', 'layer 0', ['/usr/src/d/package.json']],
      ['e', 'layer 0', ['/usr/node_modules/e/package.json']],
    ],
  );
  assert.deepEqual(edgesOf(inventory), ['%40w/a@1.0.0 c@1.0.0', 'd@2.0.0 e@1.0.0']);
  assert.deepEqual(
    inventory.unknowns.flatMap(({ kind, path }) => (kind === 'unreadable' ? [path] : [])),
    ['/app/packages/broken/package.json'],
  );
});

test('a package that several catalogers find is one: what one of them knows to be installed is', async () => {
  const image = imageOf(layerOf([npmPackage('a', 'a', '1.0.0')]), layerOf([npmPackage('b', 'a', '1.0.0')]));
  const facts = await readImageFacts(image, catalogers, { integrity: 'require' });
  const [declared, installed] = facts.live;
  assert.ok(declared !== undefined && installed !== undefined);
  const [record] = declared.fact.found.packages ?? [];
  assert.ok(record !== undefined);
  const found = { packages: [{ ...record, confidence: 'declared' as const, licenses: ['MIT'] }] };
  const live = [{ ...declared, fact: { ...declared.fact, analyser: 'npm-lock', found } }, installed];
  const { packages } = assembleInventory({ ...facts, live }, catalogers);
  assert.deepEqual(
    packages.map(({ purl, cataloger, confidence, licenses, layer, locations }) => {
      return [purl, cataloger, confidence, licenses, layer, locations.map(({ path }) => path)];
    }),
    [
      [
        'pkg:npm/a@1.0.0',
        'npm',
        undefined,
        ['MIT'],
        facts.layers[1]?.diffId,
        ['/a/node_modules/a/package.json', '/b/node_modules/a/package.json'],
      ],
    ],
  );
});

test('a package whose database has a file for each part of it has them all', async () => {
  const part = (name: string, file: string, content: string): TarInput => ({
    path: `var/db/pkg/a/${name}/${file}`,
    content,
  });
  const inventory = await inventoryOf(
    [
      part('b-1', 'CONTENTS', 'obj /usr/bin/b 0 0\n'),
      part('b-1', 'LICENSE', 'MIT\n'),
      part('b-1', 'RDEPEND', '>=a/c-2\n'),
    ],
    [part('c-2', 'CONTENTS', ''), part('d-3', 'CONTENTS', ''), part('b-1', 'PDEPEND', 'a/c a/d')],
  );
  const [b, c, d] = inventory.packages;
  assert.deepEqual(
    [b?.licenses, b?.dependsOn, b?.locations.length, b?.layer],
    [['MIT'], [c?.purl, d?.purl], 4, 'layer 0'],
  );
  assert.equal(c?.purl, 'pkg:ebuild/a/c@2');
});

test('what the file of one package says is added to what the database of all says', async () => {
  const stanza = 'Package: a\nVersion: 1\nArchitecture: x86_64\n';
  const { packages } = await inventoryOf([
    {
      path: 'usr/lib/opkg/status',
      content: `${stanza}Depends: b\nStatus: install user installed\n\nPackage: b\nVersion: 2\n`,
    },
    { path: 'usr/lib/opkg/info/a.control', content: `${stanza}License: MIT\nMaintainer: Some One\n` },
  ]);
  assert.deepEqual(
    packages.map(({ name, vendor, licenses, dependsOn }) => [name, vendor, licenses, dependsOn]),
    [
      ['a', 'Some One', ['MIT'], ['pkg:opkg/b@2']],
      ['b', undefined, [], undefined],
    ],
  );
});

test('names that differ only in case are different packages, though a purl may fold them', async () => {
  const inventory = await inventoryOf([npmPackage('srv', 'a', '1.0.0'), npmPackage('srv', 'A', '1.0.0')]);
  assert.deepEqual(inventory.packages.map((item) => item.name).toSorted(), ['A', 'a']);
});

test('/etc/os-release comes before /usr/lib/os-release', async () => {
  const inventory = await inventoryOf([
    { path: 'usr/lib/os-release', content: 'ID=debian\n' },
    { path: 'etc/os-release', content: 'ID=alpine\n' },
  ]);
  assert.equal(inventory.os?.id, 'alpine');
});

test('an image without any package database says so, and one with says which', async () => {
  const without = await inventoryOf([{ path: 'hello', content: 'world' }]);
  assert.deepEqual(without.databases, []);
  assert.deepEqual(
    without.unknowns.map((unknown) => unknown.kind),
    ['no-package-database'],
  );
  const withDatabase = await inventoryOf([apkDatabase('musl 1.0')]);
  assert.deepEqual(withDatabase.databases, ['apk']);
  assert.deepEqual(withDatabase.unknowns, []);
});

test('a file that a lower layer broke and an upper layer repaired is no unknown; a broken one is', async () => {
  const broken: TarInput = { path: 'srv/node_modules/a/package.json', content: '{' };
  const repaired = await inventoryOf([apkDatabase('musl 1.0'), broken], [npmPackage('srv', 'a', '1.0.0')]);
  assert.deepEqual(repaired.unknowns, []);
  const still = await inventoryOf([apkDatabase('musl 1.0'), broken]);
  assert.deepEqual(
    still.unknowns.map((unknown) => [unknown.kind, unknown.path, unknown.analyser, unknown.layer]),
    [['unreadable', '/srv/node_modules/a/package.json', 'npm', 'layer 0']],
  );
});

test('what builds left is told with the layer that it is about, though an upper layer overwrote it', async () => {
  const path = 'root/buildinfo/content_manifests/content-sets.json';
  const manifest = (name: string, at = path): TarInput => ({
    path: at,
    content: JSON.stringify({ content_sets: [name] }),
  });
  const dockerfile = (name: string): TarInput => ({
    path: `root/buildinfo/Dockerfile-${name}`,
    content: `FROM x\nLABEL name=${name} com.redhat.component="${name}-container"\n`,
  });
  const { builds } = await inventoryOf(
    [manifest('base'), manifest('base', 'usr/share/buildinfo/content-sets.json'), dockerfile('ubi8')],
    [manifest('app')],
    [dockerfile('app'), { path: 'root/buildinfo/.wh.Dockerfile-ubi8', content: '' }],
  );
  assert.deepEqual(builds, [
    { path: `/${path}`, layer: 'layer 0', contentSets: ['base'] },
    { path: `/${path}`, layer: 'layer 1', contentSets: ['app'] },
    {
      path: '/root/buildinfo/Dockerfile-app',
      layer: 'layer 2',
      labels: { name: 'app', component: 'app-container' },
    },
  ]);
  assert.equal((await inventoryOf([apkDatabase('musl 1.0')])).builds, undefined);
});

test('files that contradict each other on the release are an unknown, and os-release counts', async () => {
  const { os, unknowns } = await inventoryOf([
    apkDatabase('musl 1.0'),
    { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\n' },
    { path: 'etc/alpine-release', content: '3.18.4\n' },
  ]);
  assert.equal(os?.versionId, '3.20.3');
  assert.deepEqual(
    unknowns.map(({ kind, path }) => `${kind} ${path}`),
    ['distribution /etc/alpine-release'],
  );
});

test('release files are found through links, those of etc and those of usr/lib', async () => {
  const { os, unknowns } = await inventoryOf([
    apkDatabase('musl 1.0'),
    { path: 'usr/lib/fedora-release', content: 'Fedora release 42 (Adams)\n' },
    { path: 'etc/fedora-release', type: 'symlink', link: '../usr/lib/fedora-release' },
    { path: 'etc/redhat-release', type: 'symlink', link: 'fedora-release' },
    { path: 'etc/system-release', type: 'symlink', link: 'fedora-release' },
  ]);
  assert.deepEqual([os?.id, os?.versionId], ['fedora', '42']);
  assert.deepEqual(unknowns, []);
});
