import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '#base/limits.ts';
import type { PackageRecord } from '#model/package.ts';
import { findDependencies, type Installed } from './dependencies.ts';

interface Sample {
  readonly requires?: readonly string[];
  readonly provides?: readonly string[];
  readonly architecture?: string;
  readonly cataloger?: string;
}

function installed(name: string, { cataloger = 'dpkg', ...more }: Sample = {}): Installed {
  const record: PackageRecord = { type: 'deb', name, version: '1', licenses: [], ...more };
  return { record, purl: `pkg:${cataloger}/${name}@${more.architecture ?? ''}`, cataloger };
}

function edgesOf(...packages: readonly Installed[]): readonly string[] {
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

test('of a package for several architectures it is the one of the same, else all', () => {
  const both = ['amd64', 'i386'].map((architecture) => installed('b', { architecture }));
  const needs = (architecture: string): Installed => installed('a', { architecture, requires: ['b'] });
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
