import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImageFacts } from '#lib/layers/index.ts';
import { loadCatalogers } from '#lib/packages/index.ts';
import type { Package } from '#model/package.ts';
import { imageOf, layerOf } from '#test/fixtures/layers.ts';
import type { TarInput } from '#test/fixtures/tar-writer.ts';
import { assembleInventory } from './inventory.ts';

const catalogers = await loadCatalogers();

const OS: TarInput = { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID=12\n' };
const HEAD = Buffer.concat([
  Buffer.from('\x7fELF\x02\x01\x01'),
  Buffer.alloc(9),
  Buffer.from([3, 0]),
  Buffer.alloc(64),
]);

function program(path: string): TarInput {
  return { path, content: Buffer.concat([HEAD, Buffer.from('BusyBox v1.36.1 (2024-01-01 00:00:00 UTC)\0')]) };
}

/** dpkg's database with one package, which owns `/bin/busybox`. */
function database(version: string, maintainer = 'Someone <someone@debian.org>'): readonly TarInput[] {
  const stanza = `Package: app\nStatus: install ok installed\nMaintainer: ${maintainer}\nVersion: ${version}\n`;
  return [
    OS,
    { path: 'var/lib/dpkg/status', content: stanza },
    { path: 'var/lib/dpkg/info/app.list', content: '/bin/busybox\n' },
  ];
}

async function programsOf(...layers: readonly (readonly TarInput[])[]): Promise<readonly Package[]> {
  const image = imageOf(...layers.map((entries) => layerOf(entries)));
  const { packages } = assembleInventory(await readImageFacts(image, catalogers, { integrity: 'require' }), catalogers);
  return packages.filter(({ type }) => type === 'generic');
}

test('a program in a package of its own version is that package and no other', async () => {
  for (const version of ['1.36.1', '1:1.36.1-2', '1.36.1.dfsg-1', '1.36.1+dfsg-1~deb12u1']) {
    assert.deepEqual(await programsOf([program('bin/busybox'), ...database(version)]), [], version);
  }
});

test('a program in a package of another version is one that came along', async () => {
  for (const version of ['2.0-1', '1.36.10-1', '1.36.1.2-1', '1.36.1~rc1-1', '1.36.1_rc1-r0', '1.36.1b-1', '1.36-1']) {
    const [item, ...more] = await programsOf([program('bin/busybox'), ...database(version)]);
    assert.deepEqual(more, []);
    assert.equal(item?.purl, 'pkg:generic/busybox@1.36.1', version);
    assert.ok(item.locations[0]?.ownedBy?.startsWith('pkg:deb/debian/app@'), version);
  }
});

test('a program of another vendor’s package is listed: no distribution speaks for it', async () => {
  const layer = [program('bin/busybox'), ...database('1.36.1-1', 'NGINX Packaging <nginx-packaging@f5.com>')];
  assert.equal((await programsOf(layer)).length, 1);
});

test('beside the package’s own, only what somebody copied there is listed, with the layer that brought it', async () => {
  const lower = [program('bin/busybox'), ...database('1.36.1-1')];
  const [item, ...more] = await programsOf(lower, [program('opt/busybox')]);
  assert.deepEqual(more, []);
  const image = imageOf(layerOf(lower), layerOf([program('opt/busybox')]));
  const { layers } = await readImageFacts(image, catalogers, { integrity: 'require' });
  assert.deepEqual(item?.locations, [{ path: '/opt/busybox', layer: layers[1]?.diffId }]);
  assert.equal(item.layer, layers[1]?.diffId);
});
