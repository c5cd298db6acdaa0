import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Affected } from '#model/advisory.ts';
import type { Build } from '#model/build.ts';
import type { Package } from '#model/package.ts';
import { packageOf } from '#test/fixtures/matching.ts';
import { advisoryOf, affectedOf, memoryShard } from '#test/fixtures/memory-shard.ts';
import { matchPackages } from './match.ts';

const MAIN = 'Red Hat:enterprise_linux:8::appstream';
const EUS = 'Red Hat:rhel_eus:8.4::appstream';
const BUILD: Build = {
  path: '/root/buildinfo/content_manifests/a.json',
  layer: null,
  contentSets: ['rhel-8-for-x86_64-appstream-eus-rpms__8_DOT_4'],
};

function row(ecosystem: string, name: string, fixed?: string, more: Partial<Affected> = {}): Affected {
  const advisory = advisoryOf({ id: 'REDHAT-CVE-2024-10001', upstream: ['CVE-2024-10001'] });
  return { ...affectedOf(advisory, ecosystem, name, fixed), ...more };
}

function found(item: Package, rows: readonly Affected[]): readonly string[] {
  const os = { id: 'rhel', idLike: ['fedora'], versionId: '8.4' };
  const { findings, unknowns } = matchPackages([item], os, new Map([['Red Hat', memoryShard(rows)]]), [BUILD]);
  assert.deepEqual(unknowns, []);
  return findings.map(({ id, fixedIn }) => `${id} ${fixedIn ?? '-'}`);
}

test('a repair in an extended stream counts where it is of the package, and of no other module', () => {
  const item = packageOf('rpm', 'postgresql', '10.17-1.el8_4', { architecture: 'x86_64' });
  const affected = row(MAIN, 'postgresql', '10.23-1.el8_7');
  assert.deepEqual(found(item, [affected]), ['CVE-2024-10001 10.23-1.el8_7']);
  assert.deepEqual(found(item, [affected, row(EUS, 'postgresql', '10.17-1.el8_4')]), []);
  assert.deepEqual(found(item, [affected, row(EUS, 'postgresql', '10.17-3.el8_4')]), ['CVE-2024-10001 10.23-1.el8_7']);
  const modular = row(EUS, 'postgresql', '9.6.22-1.module+el8.4.0+1', { module: 'postgresql:9.6' });
  assert.deepEqual(found(item, [affected, modular]), ['CVE-2024-10001 10.23-1.el8_7']);
  const other = row(EUS, 'postgresql', '1-1', { architectures: ['s390x'] });
  assert.deepEqual(found(item, [affected, other]), ['CVE-2024-10001 10.23-1.el8_7']);
});

test('what is said of a package outside of modules is not about one of the same name in a module', () => {
  const module = 'container-tools:rhel8:8100020240419145834:afee755d';
  const item = packageOf('rpm', 'podman', '4:4.9.4-1.module+el8.10.0+21632+761e0d34', { module });
  const rows = [
    row('Red Hat:enterprise_linux:8', 'podman'),
    row(MAIN, 'podman', '4:4.9.4-1.module+el8.10.0+21632+761e0d34', { module: 'container-tools:rhel8' }),
  ];
  assert.deepEqual(found(item, rows), []);
  assert.deepEqual(found({ ...item, version: '4:4.9.3-1.module+el8.10.0+1+1' }, rows), [
    'CVE-2024-10001 4:4.9.4-1.module+el8.10.0+21632+761e0d34',
  ]);
  assert.deepEqual(found(packageOf('rpm', 'podman', '4:4.9.4-1.el8'), rows), ['CVE-2024-10001 -']);
});
