import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { OsRelease, PackageRecord } from './package.ts';
import type { PurlParts } from './purl.ts';
import { buildPurl, packagePurl, parsePurl } from './purl.ts';

const OUR_TYPES = ['alpm', 'apk', 'deb', 'gem', 'golang', 'npm', 'oci', 'pypi', 'rpm'] as const;

describe('package URLs', () => {
  const record: PackageRecord = { type: 'deb', name: 'libc6', version: '2.36-9+deb12u4', licenses: [] };
  const debian: OsRelease = { id: 'debian', versionId: '12', idLike: [] };
  const alpine: OsRelease = { id: 'alpine', versionId: '3.20.3', idLike: [] };
  const cases: readonly (readonly [
    what: string,
    record: Partial<PackageRecord>,
    os: OsRelease | null,
    purl: string,
  ])[] = [
    ['deb', { architecture: 'amd64' }, debian, 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12'],
    [
      'deb of another source',
      { source: { name: 'glibc', version: '2.36-9+deb12u4' } },
      debian,
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?distro=debian-12&upstream=glibc',
    ],
    [
      'deb of a source with another version',
      { name: 'attr', version: '1:2.5.1-4+b1', source: { name: 'attr', version: '1:2.5.1-4' } },
      debian,
      'pkg:deb/debian/attr@1:2.5.1-4%2Bb1?distro=debian-12&upstream=attr%401:2.5.1-4',
    ],
    [
      'deb that is its own source',
      { source: { name: 'libc6', version: '2.36-9+deb12u4' } },
      { id: 'debian', idLike: [] },
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?distro=debian',
    ],
    ['deb without os-release', {}, null, 'pkg:deb/libc6@2.36-9%2Bdeb12u4'],
    ['os-release without an id', {}, { id: '', idLike: [] }, 'pkg:deb/libc6@2.36-9%2Bdeb12u4'],
    [
      'apk',
      {
        type: 'apk',
        name: 'libssl3',
        version: '3.3.2-r0',
        architecture: 'x86_64',
        source: { name: 'openssl', version: '3.3.2-r0' },
      },
      alpine,
      'pkg:apk/alpine/libssl3@3.3.2-r0?arch=x86_64&distro=alpine-3.20.3&upstream=openssl',
    ],
    [
      'apk without a version',
      { type: 'apk', name: 'musl', version: '' },
      alpine,
      'pkg:apk/alpine/musl?distro=alpine-3.20.3',
    ],
    [
      'rpm of a module, with an epoch',
      {
        type: 'rpm',
        name: 'nodejs',
        version: '1:10.21.0-3.module+el8',
        architecture: 'x86_64',
        source: { name: 'nodejs', version: '10.21.0-3.module+el8' },
        module: 'nodejs:10:8020020200707141642:6a468ee4',
      },
      { id: 'rhel', versionId: '8.2', idLike: [] },
      'pkg:rpm/rhel/nodejs@10.21.0-3.module%2Bel8?arch=x86_64&distro=rhel-8.2&epoch=1&rpmmod=nodejs:10:8020020200707141642:6a468ee4',
    ],
    [
      'alpm',
      { type: 'alpm', name: 'pacman', version: '6.0.1-1', architecture: 'x86_64' },
      { id: 'arch', idLike: [] },
      'pkg:alpm/arch/pacman@6.0.1-1?arch=x86_64&distro=arch',
    ],
    [
      'ebuild',
      { type: 'ebuild', name: 'app-shells/bash', version: '5.2-r1' },
      { id: 'gentoo', idLike: [] },
      'pkg:ebuild/app-shells/bash@5.2-r1?distro=gentoo',
    ],
    ['snap', { type: 'snap', name: 'core22', version: '20240111' }, null, 'pkg:snap/core22@20240111'],
    ['npm', { type: 'npm', name: 'lodash', version: '4.17.4' }, alpine, 'pkg:npm/lodash@4.17.4'],
    ['npm with a scope', { type: 'npm', name: '@babel/core', version: '7.0.0' }, alpine, 'pkg:npm/%40babel/core@7.0.0'],
    ['gem', { type: 'gem', name: 'rack', version: '2.2.6' }, alpine, 'pkg:gem/rack@2.2.6'],
    [
      'gem of a platform',
      { type: 'gem', name: 'nokogiri', version: '1.13.10', architecture: 'java' },
      null,
      'pkg:gem/nokogiri@1.13.10?platform=java',
    ],
    ['pypi', { type: 'pypi', name: 'Foo_Bar', version: '1.0RC1' }, alpine, 'pkg:pypi/foo-bar@1.0rc1'],
    [
      'golang',
      { type: 'golang', name: 'github.com/BurntSushi/toml', version: 'v1.4.0+incompatible' },
      null,
      'pkg:golang/github.com/burntsushi/toml@v1.4.0%2Bincompatible',
    ],
    ['golang, no namespace', { type: 'golang', name: 'stdlib', version: '1.22.3' }, null, 'pkg:golang/stdlib@1.22.3'],
    [
      'golang, built from a work tree',
      { type: 'golang', name: 'a.b/c', version: '(devel)' },
      null,
      'pkg:golang/a.b/c@%28devel%29',
    ],
  ];
  for (const [what, part, os, purl] of cases) {
    it(`of a package: ${what}`, () => {
      assert.equal(packagePurl({ ...record, ...part }, os), purl);
      assert.equal(buildPurl(parsePurl(purl)), purl);
    });
  }

  it('are refused without a name, whatever surrounds it', () => {
    for (const name of ['', '/', '//']) {
      assert.throws(() => packagePurl({ ...record, name }, debian), { code: 'PURL_INVALID' });
    }
  });

  it('take the components apart', () => {
    assert.deepEqual(parsePurl('PKG://Deb/Debian/attr@1:2.4.47-2%2Bb1?distro=x&Arch=amd64&empty=#/a/../b%2F./c/'), {
      type: 'deb',
      namespace: 'debian',
      name: 'attr',
      version: '1:2.4.47-2+b1',
      qualifiers: new Map([
        ['arch', 'amd64'],
        ['distro', 'x'],
      ]),
      subpath: 'a/b/c',
    });
  });

  it('that are none are errors', () => {
    const refused = [
      '',
      'pkg:',
      'pkg:npm',
      'pkg:npm/',
      'npm/a',
      'pkg:n&m/a',
      'pkg:1npm/a',
      'pkg:npm/@1',
      'pkg:npm/a?b c=d',
      'pkg:npm/a?b=1&b=2',
      'pkg:npm/a?b=1&B=2',
      'pkg:npm/%ff',
      'pkg:npm/a@%',
      'pkg:npm/a?b=%e0',
    ];
    for (const text of refused) {
      assert.throws(() => parsePurl(text), { code: 'PURL_INVALID' }, text);
    }
    assert.throws(() => parsePurl(`pkg:npm/${'a'.repeat(LIMITS.purlChars)}`), { code: 'LIMIT_EXCEEDED' });
  });

  it('do not let a hostile qualifier reach an object prototype', () => {
    const { qualifiers } = parsePurl('pkg:npm/a?constructor=1&prototype=2');
    assert.deepEqual(
      [...(qualifiers ?? [])],
      [
        ['constructor', '1'],
        ['prototype', '2'],
      ],
    );
  });
});

describe('package URLs of any text', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('a', 'B', '/', '@', '?', '#', '&', '=', '%', '%2F', '..', 'é', '\ud800', ':'))
      .map((parts) => parts.join('')),
  );
  const parts: fc.Arbitrary<PurlParts> = fc.record({
    type: fc.constantFrom(...OUR_TYPES, 'generic', 'git', 'mlflow'),
    namespace: text,
    name: text.map((name) => `n${name}`),
    version: text,
    qualifiers: fc.array(fc.tuple(fc.constantFrom('a', 'b-c', 'd_e', 'f.g'), text)).map((pairs) => new Map(pairs)),
    subpath: text,
  });

  it('building, parsing and building again changes nothing', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const purl = buildPurl(given);
        assert.ok(/^[\x21-\x7e]+$/.test(purl), purl);
        assert.equal(buildPurl(parsePurl(purl)), purl);
      }),
      { numRuns: 1000 },
    );
  });

  it('parsing gives parts or an error of our own, and parts build a URL that parses to them', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((rest) => `pkg:npm/${rest}`),
        ),
        (given) => {
          try {
            const parsed = parsePurl(given);
            assert.deepEqual(parsePurl(buildPurl(parsed)), parsed);
          } catch (error) {
            assert.ok(isAppError(error), String(error));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
