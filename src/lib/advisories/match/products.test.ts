import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { Affected, AffectedRange } from '#model/advisory.ts';
import type { Package, PackageType } from '#model/package.ts';
import type { ShardReader } from '#model/ports.ts';
import { memoryShard } from '#test/fixtures/memory-shard.ts';
import { applicationOf, parseCpe } from '../cpe.ts';
import { ecosystemsNeeded, matchPackages } from './index.ts';

function packageOf(type: PackageType, name: string, version: string, cpe?: string): Package {
  const purl = `pkg:${type}/${name}@${version}`;
  const rest = { licenses: [], layer: null, locations: [], cataloger: 'binary' };
  return { type, name, version, purl, ...(cpe === undefined ? {} : { cpe }), ...rest };
}

const cpeOf = (product: string, version: string): string => `cpe:2.3:a:${product}:${version}:*:*:*:*:*:*:*`;

function row(
  ecosystem: string,
  name: string,
  range: AffectedRange['events'],
  versions: readonly string[] = [],
): Affected {
  const texts = { summary: '', details: '', modified: '2026-01-01T00:00:00Z', references: [] };
  return {
    advisory: { id: 'CVE-2026-0001', aliases: [], upstream: [], ...texts, ratings: [] },
    ecosystem,
    name,
    ranges: [{ type: 'ECOSYSTEM', events: range }],
    versions,
    ratings: [],
  };
}

function found(packages: readonly Package[], rows: readonly Affected[]): readonly string[] {
  const shard: ShardReader = memoryShard(rows);
  const readers = new Map([...new Set(rows.map(({ ecosystem }) => ecosystem))].map((name) => [name, shard]));
  const { findings, unknowns } = matchPackages(packages, null, readers);
  return [
    ...findings.map(({ package: { purl } }) => purl),
    ...unknowns.map(({ kind, reason }) => `${kind}: ${reason}`),
  ];
}

const BELOW = [{ introduced: '0' }, { fixed: '1.20.1' }] as const;

it('products: a program is matched by vendor and product of its CPE, and by nothing else', () => {
  const rows = [row('NVD', 'f5:nginx', BELOW)];
  assert.deepEqual(found([packageOf('generic', 'n', '1.20.0', cpeOf('f5:nginx', '1.20.0'))], rows), [
    'pkg:generic/n@1.20.0',
  ]);
  assert.deepEqual(found([packageOf('generic', 'n', '1.20', cpeOf('nginx:nginx', '1.20'))], rows), [
    'pkg:generic/n@1.20',
  ]);
  for (const other of [
    cpeOf('other:nginx', '1'),
    cpeOf('f5:nginx_plus', '1'),
    'cpe:2.3:o:f5:nginx:1:*:*:*:*:*:*:*',
    undefined,
  ]) {
    assert.deepEqual(found([packageOf('generic', 'nginx', '1', other)], rows), [], other ?? 'no CPE');
  }
  assert.deepEqual(found([packageOf('generic', 'n', '1.20.1', cpeOf('f5:nginx', '1.20.1'))], rows), []);
});

it('products: a CPE says nothing of a package that has an ecosystem', () => {
  const rows = [row('NVD', 'f5:nginx', BELOW), row('npm', 'nginx', BELOW)];
  const item = packageOf('npm', 'nginx', '1.0.0', cpeOf('f5:nginx', '1.0.0'));
  assert.deepEqual(found([item], [row('NVD', 'f5:nginx', BELOW)]), []);
  assert.deepEqual(found([item], rows), ['pkg:npm/nginx@1.0.0']);
  assert.deepEqual(ecosystemsNeeded([item], null, [], true).needed, [{ shard: 'npm', ecosystem: 'npm' }]);
});

it('products: updates belong to the version that a bound names', () => {
  const rows = [row('NVD', 'openbsd:openssh', [{ introduced: '8.0' }, { last_affected: '9.2-*' }], ['7.0-p1'])];
  const cases: readonly (readonly [string, boolean])[] = [
    ['9.2', true],
    ['9.2p1', true],
    ['9.3', false],
    ['9.3rc1', false],
    ['8.0p1', true],
    ['7.9p1', false],
    ['7.0p1', true],
    ['7.0', false],
  ];
  for (const [version, expected] of cases) {
    const item = packageOf('generic', 'ssh', version, cpeOf('openbsd:openssh', version));
    assert.deepEqual(found([item], rows), expected ? [item.purl] : [], version);
  }
});

it('products: a version that has no place in the order is an unknown', () => {
  const item = packageOf('generic', 'openssl', '1.0.2k-fips', cpeOf('openssl:openssl', '1.0.2k-fips'));
  const [unknown] = found([item], [row('NVD', 'openssl:openssl', [{ introduced: '1.0' }, { fixed: '1.0.2l' }])]);
  assert.match(
    unknown ?? '',
    /^version: generic package "openssl" "1\.0\.2k-fips" could not be compared with CVE-2026-0001/,
  );
});

it('products: they are asked for only when somebody has them, and a program without one is an unknown', () => {
  const items = [packageOf('generic', 'nginx', '1', cpeOf('f5:nginx', '1')), packageOf('generic', 'unnamed', '1')];
  const without = ecosystemsNeeded(items, null);
  assert.deepEqual(without.needed, []);
  assert.match(
    without.unknowns[0]?.reason ?? '',
    /^no source of provider nvd is set.*: 2 generic packages were not matched$/,
  );
  const asked = ecosystemsNeeded(items, null, [], true);
  assert.deepEqual(asked.needed, [{ shard: 'NVD', ecosystem: 'NVD' }]);
  assert.match(asked.unknowns[0]?.reason ?? '', /^nothing says which product.*: 1 generic package was not matched$/);
});

it('products: names of former owners are those of the present ones; whatever the text, it is a product or none', () => {
  const names = ['igor_sysoev:nginx', 'redislabs:redis', 'mysql:mysql', 'F5:NGINX', 'erlang:erlang\\/otp'];
  assert.deepEqual(
    names.map((name) => applicationOf(cpeOf(name, '1'))),
    ['f5:nginx', 'redis:redis', 'oracle:mysql', 'f5:nginx', 'erlang:erlang/otp'],
  );
  assert.equal(applicationOf(cpeOf('*:nginx', '1')), null);
  assert.equal(parseCpe('cpe:2.3:a:b'), null);
  assert.equal(parseCpe(`cpe:2.3:a:${'b'.repeat(3000)}`), null);
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 5 })), (parts) => {
      const name = applicationOf(`cpe:2.3:a:${parts.join(':')}`);
      assert.ok(name === null || /^[^]+:[^]+$/.test(name));
    }),
  );
});
