import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchPackages } from '#lib/advisories/index.ts';
import { readImageFacts } from '#lib/layers/index.ts';
import { loadCataloging } from '#lib/packages/index.ts';
import type { LayersInventory } from '#model/inventory.ts';
import { imageOf, layerOf } from '#test/fixtures/layers.ts';
import { advisoryOf, affectedOf, memoryShard } from '#test/fixtures/memory-shard.ts';
import type { TarInput } from '#test/fixtures/tar-writer.ts';
import { setCoveredApart } from './covered.ts';
import { assembleInventory } from './inventory.ts';

const { catalogers } = await loadCataloging();

const MODULE = 'usr/lib/node_modules/a/package.json';

function status(maintainer: string): TarInput {
  const content = `Package: nodejs\nStatus: install ok installed\nMaintainer: ${maintainer}\nVersion: 18.1.0-1\n\nPackage: base-files\nStatus: install ok installed\nMaintainer: Santiago Vila <sanvila@debian.org>\nVersion: 12.4\n`;
  return { path: 'var/lib/dpkg/status', content };
}

async function inventoryOf(maintainer: string): Promise<LayersInventory> {
  const layer = layerOf([
    { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID=12\n' },
    { path: MODULE, content: '{"name":"a","version":"1.0.0"}' },
    { path: 'var/lib/dpkg/info/nodejs.list', content: `/${MODULE}\n` },
    status(maintainer),
  ]);
  const image = imageOf(layer);
  return assembleInventory(await readImageFacts(image, catalogers, { integrity: 'require' }));
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

async function matched(maintainer: string): Promise<ReturnType<typeof setCoveredApart>> {
  const inventory = await inventoryOf(maintainer);
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

test('a package of another vendor is not matched with the distribution’s advisories, and covers nothing', async () => {
  const { findings, covered } = await matched('NodeSource Support <support@nodesource.com>');
  assert.deepEqual(
    findings.map(({ id }) => id),
    ['CVE-2024-2'],
  );
  assert.deepEqual(covered.findings, []);
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
