import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Package } from '#model/package.ts';
import type { RealImage } from './real-images.ts';
import { variedImage } from './vary.ts';

function packageOf(name: string, version: string): Package {
  const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?distro=debian-12`;
  return { type: 'deb', name, version, purl, licenses: [], layer: null, locations: [], cataloger: 'dpkg' };
}

const NAMES = Array.from({ length: 40 }, (_, index) => `name${index}`);

function real(family: RealImage['family']): RealImage {
  const dependent = {
    ...packageOf('libc6', '2.36-9+deb12u9'),
    dependsOn: NAMES.map((name) => packageOf(name, '1.0').purl),
  };
  const packages = [dependent, ...NAMES.map((name) => packageOf(name, '1.0')), packageOf('odd', '1.0~rc')];
  const inventory = { os: null, packages, unknowns: [], databases: ['dpkg'], files: null, executables: null };
  return { name: family, family, config: '{}', layers: [], whole: { inventory, layers: [] } };
}

const REAL = [real('debian'), real('alpine')];
const IMAGES = Array.from({ length: 300 }, (_, index) => variedImage(REAL, index));

test('an image of a number is always the same, and hardly two are alike', () => {
  assert.deepEqual(variedImage(REAL, 7), variedImage(REAL, 7));
  assert.equal(new Set(IMAGES.map(({ packages }) => packages.join())).size, IMAGES.length);
  assert.equal(new Set(IMAGES.map(({ layerSet }) => layerSet)).size, IMAGES.length);
});

test('about 80 of 100 are of Debian, and each of them holds libc6', () => {
  const debian = IMAGES.filter(({ real: { family } }) => family === 'debian');
  assert.ok(debian.length > 210 && debian.length < 270, String(debian.length));
  assert.ok(debian.every(({ packages }) => packages.some((purl) => purl.includes('/libc6@'))));
});

test('a version is the same in a package and in its purl, and what depends on it names it', () => {
  for (const { whole, packages } of IMAGES) {
    for (const { name, version, purl, dependsOn = [] } of whole.inventory.packages) {
      assert.equal(purl, `pkg:deb/debian/${name}@${encodeURIComponent(version)}?distro=debian-12`);
      assert.ok(packages.includes(purl));
      assert.ok(dependsOn.every((needed) => packages.includes(needed)));
    }
  }
});
