import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import type { Package } from '#model/package.ts';
import { evidence } from '../evidence.ts';
import { writeOciLayout } from '../fixtures/oci-layout.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { installNpmPackage, installWheel } from '../fixtures/registry-packages.ts';
import { type TarInput, writeTar } from '../fixtures/tar-writer.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'packages/one in many places',
  'real tool',
  'a wheel and a package of npm, unpacked in two places of one layer and once more in another',
);

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-same-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const SITES = ['usr/lib/python3/site-packages', 'opt/venv/lib/python3/site-packages', 'srv/lib/python3/site-packages'];
const MODULES = ['usr/lib/node_modules/lodash', 'opt/node_modules/a/node_modules/lodash', 'srv/node_modules/lodash'];

/** The packages in these places, as the tar of a layer. */
function layer(name: string, sites: readonly string[], modules: readonly string[]): Buffer {
  const root = join(folder, name);
  for (const site of sites) {
    installWheel('requests', '2.19.1', join(root, site));
  }
  for (const module of modules) {
    installNpmPackage('lodash', '4.17.15', join(root, module));
  }
  const entries: TarInput[] = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), content: readFileSync(path) }));
  return writeTar(entries);
}

test('a package in several places and layers is one package with all of them', {
  skip: missing('python', 'shared-data'),
}, async () => {
  const tars = [
    layer('lower', SITES.slice(0, 2), MODULES.slice(0, 2)),
    layer('upper', SITES.slice(2), MODULES.slice(2)),
  ];
  const layout = join(folder, 'image');
  const platform = { os: 'linux', architecture: 'amd64' };
  await writeOciLayout(layout, { images: [{ platform, layers: tars.map((tar) => ({ tar })) }] });
  const { packages, findings, image } = await home.report(`oci:${layout}`);
  const [lower, upper] = image.layers.map(({ diffId }) => diffId);
  const only = (name: string): Package => {
    const [item, ...more] = packages.filter((each) => each.name === name);
    assert.ok(item !== undefined && more.length === 0, name);
    assert.equal(item.layer, lower, name);
    return item;
  };
  const places = ({ locations }: Package): readonly string[] =>
    locations.map(({ path, layer: from }) => `${path} ${from === upper ? 'upper' : 'lower'}`);
  const [usr, opt, srv] = SITES.map((site) => `/${site}/requests-2.19.1.dist-info/METADATA`);
  assert.deepEqual(places(only('requests')), [`${opt} lower`, `${srv} upper`, `${usr} lower`]);
  const [global, inner, own] = MODULES.map((module) => `/${module}/package.json`);
  assert.deepEqual(places(only('lodash')), [`${inner} lower`, `${own} upper`, `${global} lower`]);
  // Each advisory is found once.
  for (const name of ['requests', 'lodash']) {
    const ids = findings.filter((finding) => finding.package.name === name).map(({ id }) => id);
    assert.ok(ids.length > 0, name);
    assert.equal(new Set(ids).size, ids.length, ids.join());
  }
});
