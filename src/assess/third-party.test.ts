import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ecosystemsNeeded, matchPackages } from '#lib/advisories/index.ts';
import { readImageFacts } from '#lib/layers/index.ts';
import { loadCatalogers } from '#lib/packages/index.ts';
import type { LayersInventory } from '#model/inventory.ts';
import { imageOf, layerOf } from '#test/fixtures/layers.ts';
import { advisoryOf, affectedOf, memoryShard } from '#test/fixtures/memory-shard.ts';
import { rpmHeader, sqliteDatabase } from '#test/fixtures/rpm-headers.ts';
import type { TarInput } from '#test/fixtures/tar-writer.ts';
import { setCoveredApart } from './covered.ts';
import { assembleInventory } from './inventory.ts';

const catalogers = await loadCatalogers();

const MODULE = 'usr/lib/node_modules/a/package.json';

function status(maintainer: string, version: string): TarInput {
  const content = `Package: nodejs\nStatus: install ok installed\nMaintainer: ${maintainer}\nVersion: ${version}\n\nPackage: base-files\nStatus: install ok installed\nMaintainer: Santiago Vila <sanvila@debian.org>\nVersion: 12.4\n`;
  return { path: 'var/lib/dpkg/status', content };
}

async function inventoryOf(maintainer: string, version = '18.1.0-1'): Promise<LayersInventory> {
  const layer = layerOf([
    { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID=12\n' },
    { path: MODULE, content: '{"name":"a","version":"1.0.0"}' },
    { path: 'var/lib/dpkg/info/nodejs.list', content: `/${MODULE}\n` },
    status(maintainer, version),
  ]);
  const image = imageOf(layer);
  return assembleInventory(await readImageFacts(image, catalogers, { integrity: 'require' }), catalogers);
}

const shards = new Map([
  [
    'Debian',
    memoryShard([
      affectedOf(advisoryOf({ id: 'DSA-1', upstream: ['CVE-2024-1'] }), 'Debian:12', 'nodejs', '18.19.0-1'),
    ]),
  ],
  ['npm', memoryShard([affectedOf(advisoryOf({ id: 'GHSA-1', aliases: ['CVE-2024-2'] }), 'npm', 'a', '2.0.0')])],
]);

async function matched(maintainer: string, version?: string): Promise<ReturnType<typeof setCoveredApart>> {
  const inventory = await inventoryOf(maintainer, version);
  const { findings, unknowns, known } = matchPackages(inventory.packages, inventory.os, shards);
  return setCoveredApart({ findings, unknowns: [...inventory.unknowns, ...unknowns] }, known);
}

test('a package of the distribution is matched, and covers what it brings', async () => {
  const { findings, covered } = await matched(
    'Debian Javascript Maintainers <pkg-javascript-devel@lists.alioth.debian.org>',
  );
  assert.deepEqual(
    findings.map(({ id }) => id),
    ['CVE-2024-1'],
  );
  assert.deepEqual(
    covered.findings.map(({ id }) => id),
    ['CVE-2024-2'],
  );
});

/** Each would be older than the repair of the distribution's advisory. */
const OTHERS: readonly (readonly [vendor: string, maintainer: string, version: string])[] = [
  ['NodeSource', 'NodeSource Support <support@nodesource.com>', '18.1.0-1'],
  ['nginx.org', 'NGINX Packaging <nginx-packaging@f5.com>', '1.25.3-1~bookworm'],
  ['Docker', 'Containerd team <help@containerd.io>', '1.4.3-1'],
  ['PostgreSQL', 'Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>', '17.2-1.pgdg120+1'],
];

test('a package of another vendor is not matched with the distribution’s advisories, and covers nothing', async (t) => {
  for (const [vendor, maintainer, version] of OTHERS) {
    const { findings, covered } = await matched(maintainer, version);
    assert.deepEqual(
      findings.map(({ id }) => id),
      ['CVE-2024-2'],
      vendor,
    );
    assert.deepEqual(covered.findings, [], vendor);
    const { packages, os } = await inventoryOf(maintainer, version);
    assert.match(ecosystemsNeeded(packages, os).unknowns[0]?.reason ?? '', new RegExp(`^1 package by "${vendor}"`));
  }
  t.diagnostic(`${OTHERS.length} vendors`);
});

test('the inventory names the vendor of that package alone', async () => {
  const { packages } = await inventoryOf('NodeSource Support <support@nodesource.com>');
  assert.deepEqual(
    packages.map(({ name, thirdParty }) => [name, thirdParty]),
    [
      ['base-files', undefined],
      ['nodejs', 'NodeSource'],
      ['a', undefined],
    ],
  );
});

test('EPEL’s packages are Fedora’s in another distribution', async () => {
  const header = (name: string, vendor: string): Buffer =>
    rpmHeader({ 1000: name, 1001: '1', 1002: '1.el9', 1011: vendor, 1014: 'MIT' });
  const layer = layerOf([
    { path: 'etc/os-release', content: 'ID="rhel"\nVERSION_ID="9.4"\n' },
    {
      path: 'var/lib/rpm/rpmdb.sqlite',
      content: sqliteDatabase([header('bash', 'Red Hat, Inc.'), header('htop', 'Fedora Project')]),
    },
  ]);
  const facts = await readImageFacts(imageOf(layer), catalogers, { integrity: 'require' });
  const { packages, os } = assembleInventory(facts, catalogers);
  assert.deepEqual(
    packages.map(({ name, thirdParty }) => [name, thirdParty]),
    [
      ['bash', undefined],
      ['htop', 'Fedora Project'],
    ],
  );
  assert.match(
    ecosystemsNeeded(packages, os).unknowns[0]?.reason ?? '',
    /^1 package by "Fedora Project": the advisories of "rhel" do not speak for "htop", which was not matched$/,
  );
});
