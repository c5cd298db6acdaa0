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
  assert.ok(needed.length === 0 || unknowns.length === 0);
  return [...needed.map(({ shard, ecosystem }) => `${shard} ${ecosystem}`), ...unknowns.map(({ kind }) => kind)];
}

describe('the ecosystem of a distribution', () => {
  const cases: readonly (readonly [PackageType, OsRelease | null, ...string[]])[] = [
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
    ['deb', os('debian', '6.0.10'), 'Debian Debian:6.0'],
    ['deb', os('debian', '3.1'), 'Debian Debian:3.1'],
    ['deb', os('debian'), 'no-advisories'],
    ['deb', os('debian', 'sid'), 'no-advisories'],
    ['deb', os('ubuntu', '18.04'), 'Ubuntu Ubuntu:18.04:LTS', 'Ubuntu Ubuntu:Pro:18.04:LTS'],
    ['deb', os('ubuntu', '24.04'), 'Ubuntu Ubuntu:24.04:LTS', 'Ubuntu Ubuntu:Pro:24.04:LTS'],
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
    ['conan', null, 'ConanCenter ConanCenter'],
    ['generic', null, 'no-advisories'],
    ['apk', os('alpaquita', '23'), 'Alpaquita Alpaquita:23'],
    ['apk', os('alpaquita', 'stream'), 'Alpaquita Alpaquita:stream'],
    ['apk', os('minimos', '20240901'), 'MinimOS MinimOS'],
    ['deb', os('echo', '1'), 'Echo Echo'],
    ['rpm', os('almalinux', '8.10'), 'AlmaLinux AlmaLinux:8'],
    ['rpm', os('rocky', '9.4'), 'Rocky Linux Rocky Linux:9'],
    ['rpm', os('ol', '8.9'), 'Oracle Linux Oracle Linux:8'],
    ['rpm', os('amzn', '2023'), 'Amazon Linux Amazon Linux:2023'],
    ['rpm', os('amzn', '2'), 'Amazon Linux Amazon Linux:2'],
    ['rpm', os('amzn', '2018.03'), 'Amazon Linux Amazon Linux:1'],
    ['rpm', os('azurelinux', '3.0'), 'Azure Linux Azure Linux:3'],
    ['rpm', os('mariner', '2.0'), 'Azure Linux Azure Linux:2'],
    ['rpm', os('photon', '4.0'), 'Photon OS Photon OS:4.0'],
    ['rpm', os('photon', '5'), 'Photon OS Photon OS:5.0'],
    ['rpm', os('mageia', '9'), 'Mageia Mageia:9'],
    [
      'rpm',
      { ...os('openeuler', '22.03'), prettyName: 'openEuler 22.03 (LTS-SP3)' },
      'openEuler openEuler:22.03-LTS-SP3',
    ],
    ['rpm', { ...os('openeuler', '24.03'), prettyName: 'openEuler 24.03 (LTS)' }, 'openEuler openEuler:24.03-LTS'],
    ['rpm', { ...os('openeuler', '23.09'), prettyName: 'openEuler 23.09' }, 'no-advisories'],
    ['rpm', { ...os('opensuse-leap', '15.6'), prettyName: 'openSUSE Leap 15.6' }, 'openSUSE openSUSE:Leap 15.6'],
    [
      'rpm',
      { ...os('opensuse-tumbleweed', '20240101'), prettyName: 'openSUSE Tumbleweed' },
      'openSUSE openSUSE:Tumbleweed',
    ],
    [
      'rpm',
      { ...os('sles', '15.4'), prettyName: 'SUSE Linux Enterprise Server 15 SP4' },
      'SUSE SUSE:Linux Enterprise Server 15 SP4',
    ],
    ['rpm', os('sles', '15.4'), 'no-advisories'],
    ['rpm', os('fedora', '40'), 'no-advisories'],
    ['rpm', os('rocky'), 'no-advisories'],
    ['rpm', null, 'no-advisories'],
    ['cocoapods', null, 'no-advisories'],
  ];
  for (const [type, release, ...expected] of cases) {
    it(`${type} in ${release?.id ?? 'nothing'} ${release?.versionId ?? ''}: ${expected.join(', ')}`, () => {
      assert.deepEqual(needs(type, release), expected);
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
