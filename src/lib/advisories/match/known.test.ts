import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Affected } from '#model/advisory.ts';
import type { Package } from '#model/package.ts';
import { advisoryOf, affectedOf, memoryShard } from '#test/fixtures/memory-shard.ts';
import { samplePackage } from '#test/samples/report.ts';
import { matchPackages } from './match.ts';

const DEBIAN = 'Debian:11';
const curl: Package = {
  ...samplePackage('deb', 'libcurl4', '7.74.0-1', null),
  source: { name: 'curl', version: '7.74.0-1' },
};

function row(source: string, fixed: string, members = {}): Affected {
  return affectedOf(advisoryOf({ id: `DSA-${source}${fixed}`, ...members }), DEBIAN, source, fixed);
}

function knows(item: Package, shard: string, ...rows: readonly Affected[]): boolean {
  const os = { id: 'debian', versionId: '11', idLike: [] };
  return matchPackages([item], os, new Map([[shard, memoryShard(rows)]])).known.has(item.purl);
}

test('an OS package is known when an advisory of its release names its source, and all could be compared', () => {
  assert.ok(knows(curl, 'Debian', row('curl', '1')), 'not affected any more, but known');
  assert.ok(!knows(curl, 'Debian', row('libcurl4', '9')));
  assert.ok(!knows(curl, 'Debian', affectedOf(advisoryOf({ id: 'DSA-1' }), 'Debian:10', 'curl', '1')));
  assert.ok(!knows(curl, 'Debian', row('curl', '1', { withdrawn: '2024-02-01T00:00:00Z' })));
  assert.ok(!knows(curl, 'Debian', row('curl', '1'), row('curl', 'a:b')));
  assert.ok(!knows({ ...curl, version: '' }, 'Debian', row('curl', '1')));
});

test('a package of a language is none', () => {
  const lodash = samplePackage('npm', 'lodash', '4.17.4', null);
  assert.ok(!knows(lodash, 'npm', affectedOf(advisoryOf({ id: 'GHSA-a' }), 'npm', 'lodash')));
});
