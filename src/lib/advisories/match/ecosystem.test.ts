import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OsRelease, Package, PackageType } from '#model/package.ts';
import { ecosystemsNeeded } from './ecosystem.ts';

function os(id: string, versionId?: string): OsRelease {
  return { id, idLike: [], ...(versionId === undefined ? {} : { versionId }) };
}

function packageOf(type: PackageType): Package {
  return {
    type,
    name: 'a',
    version: '1',
    purl: `pkg:${type}/a@1`,
    licenses: [],
    layer: null,
    locations: [],
    cataloger: type,
  };
}

function needs(type: PackageType, release: OsRelease | null): readonly string[] {
  const { needed, unknowns } = ecosystemsNeeded([packageOf(type)], release);
  assert.equal(needed.length + unknowns.length, 1);
  return [...needed.map(({ shard, ecosystem }) => `${shard} ${ecosystem}`), ...unknowns.map(({ kind }) => kind)];
}

describe('the ecosystem of a distribution', () => {
  const cases: readonly (readonly [PackageType, OsRelease | null, string])[] = [
    ['apk', os('alpine', '3.10.9'), 'Alpine Alpine:v3.10'],
    ['apk', os('alpine', '3.20'), 'Alpine Alpine:v3.20'],
    ['apk', os('alpine', '3.21_alpha20240807'), 'no-advisories'],
    ['apk', os('alpine'), 'no-advisories'],
    ['apk', os('alpine', '3.20/../x'), 'no-advisories'],
    ['apk', os('wolfi', '20230201'), 'Wolfi Wolfi'],
    ['apk', os('chainguard', '20230214'), 'Chainguard Chainguard'],
    ['apk', os('postmarketos', '24.06'), 'no-advisories'],
    ['apk', os('debian', '12'), 'no-advisories'],
    ['deb', os('debian', '12'), 'Debian Debian:12'],
    ['deb', os('debian', '9.13'), 'Debian Debian:9'],
    ['deb', os('debian'), 'no-advisories'],
    ['deb', os('debian', 'sid'), 'no-advisories'],
    ['deb', os('ubuntu', '18.04'), 'Ubuntu Ubuntu:18.04:LTS'],
    ['deb', os('ubuntu', '24.04'), 'Ubuntu Ubuntu:24.04:LTS'],
    ['deb', os('ubuntu', '23.04'), 'Ubuntu Ubuntu:23.04'],
    ['deb', os('ubuntu', '22.10'), 'Ubuntu Ubuntu:22.10'],
    ['deb', os('raspbian', '12'), 'no-advisories'],
    ['deb', os(''), 'no-advisories'],
    ['deb', null, 'no-advisories'],
    ['ebuild', os('gentoo', '2.18'), 'no-advisories'],
    ['opkg', os('openwrt', '24.10.0'), 'no-advisories'],
    ['apk', os('openwrt', '25.12.0'), 'no-advisories'],
    ['npm', null, 'npm npm'],
    ['pypi', os('fedora'), 'PyPI PyPI'],
    ['golang', null, 'Go Go'],
    ['gem', os('debian', '12'), 'RubyGems RubyGems'],
    ['composer', null, 'Packagist Packagist'],
    ['cran', null, 'CRAN CRAN'],
    ['github', null, 'GitHub Actions GitHub Actions'],
    ['hackage', null, 'Hackage Hackage'],
    ['hex', null, 'Hex Hex'],
    ['julia', null, 'Julia Julia'],
    ['nuget', null, 'NuGet NuGet'],
    ['opam', null, 'opam opam'],
    ['pub', null, 'Pub Pub'],
    ['swift', null, 'SwiftURL SwiftURL'],
    ['conan', null, 'no-advisories'],
    ['cocoapods', null, 'no-advisories'],
  ];
  for (const [type, release, expected] of cases) {
    it(`${type} in ${release?.id ?? 'nothing'} ${release?.versionId ?? ''}: ${expected}`, () => {
      assert.deepEqual(needs(type, release), [expected]);
    });
  }
});

it('ecosystems: each is needed once, sorted; an unknown distribution is named with the number of its packages', () => {
  const packages = [packageOf('pypi'), packageOf('npm'), packageOf('npm'), packageOf('apk'), packageOf('apk')];
  const { needed, unknowns } = ecosystemsNeeded(packages, os('fedora', '40'));
  assert.deepEqual(
    needed.map(({ ecosystem }) => ecosystem),
    ['PyPI', 'npm'],
  );
  assert.equal(unknowns.length, 1);
  assert.match(unknowns[0]?.reason ?? '', /"fedora".*2 apk packages were not matched/);
});

it('ecosystems: nothing is needed for nothing', () => {
  assert.deepEqual(ecosystemsNeeded([], os('alpine', '3.10.9')), { needed: [], unknowns: [] });
});

it('ecosystems: what is no release has no advisories of its own, whatever its version says', () => {
  const edge: OsRelease = { id: 'alpine', versionId: '3.20.3', idLike: [], rolling: 'edge' };
  const { needed, unknowns } = ecosystemsNeeded([packageOf('apk')], edge);
  assert.deepEqual(needed, []);
  assert.match(
    unknowns[0]?.reason ?? '',
    /^no advisories are known for alpine "edge", which is no release: 1 apk package/,
  );
  const wolfi: OsRelease = { id: 'wolfi', versionId: '20230201', idLike: [], rolling: 'rolling' };
  assert.deepEqual(needs('apk', wolfi), ['Wolfi Wolfi']);
});

it('ecosystems: a derivative is named, and not matched as what it is like', () => {
  const mint: OsRelease = { id: 'linuxmint', versionId: '22.04', idLike: ['ubuntu', 'debian'] };
  const { needed, unknowns } = ecosystemsNeeded([packageOf('deb')], mint);
  assert.deepEqual(needed, []);
  assert.match(
    unknowns[0]?.reason ?? '',
    /of distribution "linuxmint", whose likeness to "ubuntu", "debian" does not make it share their advisories: 1 deb/,
  );
});

it('ecosystems: artifacts of Maven go by group and artifact, and one without a group is not matched', () => {
  const named = { ...packageOf('maven'), name: 'g:a' };
  assert.deepEqual(ecosystemsNeeded([named], null), {
    needed: [{ shard: 'Maven', ecosystem: 'Maven' }],
    unknowns: [],
  });
  const nameless = ['b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ ...packageOf('maven'), name }));
  const { needed, unknowns } = ecosystemsNeeded([named, ...nameless], null);
  assert.equal(needed.length, 1);
  assert.deepEqual(
    unknowns.map(({ kind, reason }) => [kind, reason]),
    [
      [
        'no-advisories',
        'nothing says the group that advisories go by: 6 maven packages were not matched, "b", "c", "d", "e", "f" and 1 more',
      ],
    ],
  );
});
