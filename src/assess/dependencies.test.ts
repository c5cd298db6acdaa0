import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';
import { findDependencies, type Installed, type Sighting } from './dependencies.ts';

interface Sample {
  readonly requires?: readonly string[];
  readonly provides?: readonly string[];
  readonly architecture?: string;
  readonly cataloger?: string;
  readonly environment?: string;
  readonly path?: string;
  readonly needs?: readonly string[];
}

function installed(name: string, sample: Sample = {}): Sighting<Installed> {
  const { cataloger = 'dpkg', environment = '', path = '', needs = null, ...more } = sample;
  const record: PackageRecord = { type: 'deb', name, version: '1', licenses: [], ...more };
  return {
    item: { purl: `pkg:${cataloger}/${name}@${more.architecture ?? ''}` },
    record,
    cataloger,
    environment,
    path,
    needs,
  };
}

function edgesOf(...packages: readonly Sighting<Installed>[]): readonly string[] {
  const { byPackage, complete } = findDependencies(packages);
  assert.ok(complete);
  return [...byPackage].flatMap(([item, needed]) => needed.map((purl) => `${item.purl} ${purl}`));
}

test('a package depends on those whose name it requires, and on all that provide it', () => {
  const edges = edgesOf(
    installed('a', { requires: ['d', 'mail', 'b', 'nobody'] }),
    installed('b'),
    installed('c', { provides: ['mail'] }),
    installed('d', { provides: ['mail', 'b'] }),
  );
  assert.deepEqual(edges, ['pkg:dpkg/a@ pkg:dpkg/b@', 'pkg:dpkg/a@ pkg:dpkg/c@', 'pkg:dpkg/a@ pkg:dpkg/d@']);
});

test('what a package provides itself is no dependency', () => {
  assert.deepEqual(
    edgesOf(installed('a', { requires: ['x', 'a'], provides: ['x'] }), installed('b', { provides: ['x'] })),
    [],
  );
});

test('packages of another database are none', () => {
  assert.deepEqual(edgesOf(installed('a', { requires: ['b'] }), installed('b', { cataloger: 'apk' })), []);
});

test('packages of another environment are none, and a package that is in several needs those of each', () => {
  const a = installed('a', { requires: ['b'], environment: 'x' });
  const again = { ...a, environment: 'y' };
  const [x, y, z] = ['x', 'y', 'z'].map((environment) =>
    installed(`in-${environment}`, { environment, provides: ['b'] }),
  );
  assert.ok(x !== undefined && y !== undefined && z !== undefined);
  assert.deepEqual(edgesOf(a, x, y, z), ['pkg:dpkg/a@ pkg:dpkg/in-x@']);
  assert.deepEqual(edgesOf(a, x, y, z, again), ['pkg:dpkg/a@ pkg:dpkg/in-x@', 'pkg:dpkg/a@ pkg:dpkg/in-y@']);
});

test('where files are looked up, no names are', () => {
  const edges = edgesOf(
    installed('a', { cataloger: 'npm', requires: ['b', 'c'], path: 'a', needs: ['b2', 'gone', 'a'] }),
    installed('b', { cataloger: 'npm', path: 'b1', needs: [] }),
    installed('c', { cataloger: 'npm', path: 'c', needs: [] }),
    installed('other', { cataloger: 'npm', path: 'b2', needs: [] }),
  );
  assert.deepEqual(edges, ['pkg:npm/a@ pkg:npm/other@']);
});

test('of a package for several architectures it is the one of the same, else all', () => {
  const both = ['amd64', 'i386'].map((architecture) => installed('b', { architecture }));
  const needs = (architecture: string): Sighting<Installed> => installed('a', { architecture, requires: ['b'] });
  assert.deepEqual(edgesOf(needs('i386'), ...both), ['pkg:dpkg/a@i386 pkg:dpkg/b@i386']);
  assert.deepEqual(edgesOf(needs('all'), ...both), [
    'pkg:dpkg/a@all pkg:dpkg/b@amd64',
    'pkg:dpkg/a@all pkg:dpkg/b@i386',
  ]);
  const other = installed('c', { architecture: 'all', provides: ['b'] });
  assert.deepEqual(edgesOf(needs('i386'), ...both, other), [
    'pkg:dpkg/a@i386 pkg:dpkg/b@i386',
    'pkg:dpkg/a@i386 pkg:dpkg/c@all',
  ]);
});

test('more pairs than a limit are not gone through', () => {
  const side = Math.ceil(Math.sqrt(LIMITS.packageDependencies)) + 1;
  const packages = Array.from({ length: side }, (_, index) => [
    installed(`needs-${index}`, { requires: ['x'] }),
    installed(`has-${index}`, { provides: ['x'] }),
  ]).flat();
  assert.equal(findDependencies(packages).complete, false);
});
