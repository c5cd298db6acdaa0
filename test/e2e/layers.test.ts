import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { busterDatabase } from '../fixtures/debian-oracle.ts';
import { writeOciLayout } from '../fixtures/oci-layout.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { writeTar } from '../fixtures/tar-writer.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'layers/attribution',
  'published',
  'the databases of a Debian 10 and an Alpine 3.7 image, written again by upper layers',
);

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-layers-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Database {
  readonly path: string;
  readonly release: string;
  readonly text: string;
  /** The line by which a block names its package, and the version line of the one that layer 1 upgrades. */
  readonly nameLine: string;
  readonly upgraded: { readonly name: string; readonly from: string; readonly to: string };
  /** Layer 1 drops it, layer 2 brings it back. */
  readonly returning: string;
}

/** `package layer` for every package with findings, when upper layers write the database again. */
async function layersOfFindings(name: string, database: Database): Promise<ReadonlyMap<string, number>> {
  const { path, release, text, nameLine, upgraded, returning } = database;
  const blocks = text.split('\n\n').filter((block) => block.trim() !== '');
  const isOf = (block: string, owner: string): boolean => block.split('\n').includes(`${nameLine}${owner}`);
  const above = blocks.map((block) => (isOf(block, upgraded.name) ? block.replace(upgraded.from, upgraded.to) : block));
  assert.notDeepEqual(above, blocks);
  const without = above.filter((block) => !isOf(block, returning));
  assert.equal(without.length, above.length - 1);
  const base = { path: 'etc/os-release', content: release };
  const tars = [blocks, without, above].map((kept, index) =>
    writeTar([...(index === 0 ? [base] : []), { path, content: `${kept.join('\n\n')}\n\n` }]),
  );
  const layout = join(folder, name);
  const platform = { os: 'linux', architecture: 'amd64' };
  await writeOciLayout(layout, { images: [{ platform, layers: tars.map((tar) => ({ tar })) }] });
  const report = await home.report(`oci:${layout}`);
  assert.equal(report.packages.length, blocks.length);
  const indexOf = new Map(report.image.layers.map((layer) => [layer.diffId, layer.index]));
  const layers = new Map<string, number>();
  for (const item of report.packages) {
    layers.set(item.name, indexOf.get(item.layer) ?? -1);
    assert.deepEqual(item.locations, [{ path: `/${path}`, layer: report.image.layers[2]?.diffId }]);
  }
  for (const finding of report.findings) {
    assert.equal(indexOf.get(finding.layer), layers.get(finding.package.name), finding.id);
  }
  return new Map(report.findings.map((finding) => [finding.package.name, indexOf.get(finding.layer) ?? -1]));
}

test('findings of Debian belong to the layer that brought their package in', {
  skip: missing('shared-data', 'gnu-tar'),
}, async () => {
  const layers = await layersOfFindings('debian', {
    path: 'var/lib/dpkg/status',
    release: 'ID=debian\nVERSION_ID="10"\n',
    text: busterDatabase().toString(),
    nameLine: 'Package: ',
    upgraded: { name: 'apt', from: 'Version: 1.8.2', to: 'Version: 1.8.2~later' },
    returning: 'libgnutls30',
  });
  const { apt, libgnutls30: gnutls, ...others } = Object.fromEntries(layers);
  assert.deepEqual([apt, gnutls], [1, 2]);
  assert.ok(Object.keys(others).length >= 10);
  assert.deepEqual([...new Set(Object.values(others))], [0]);
});

test('findings of Alpine belong to the layer that brought their package in', {
  skip: missing('shared-data'),
}, async () => {
  const layers = await layersOfFindings('alpine', {
    path: 'lib/apk/db/installed',
    release: 'ID=alpine\nVERSION_ID=3.7.0\n',
    text: readFileSync(data('pkgdb/alpine-3.7.0/lib/apk/db/installed'), 'utf8'),
    nameLine: 'P:',
    upgraded: { name: 'musl', from: 'V:1.1.18-r2', to: 'V:1.1.18-r1' },
    returning: 'libressl2.6-libssl',
  });
  const { musl, 'libressl2.6-libssl': libssl, ...others } = Object.fromEntries(layers);
  assert.deepEqual([musl, libssl], [1, 2]);
  assert.ok(Object.keys(others).length >= 1);
  assert.deepEqual([...new Set(Object.values(others))], [0]);
});
