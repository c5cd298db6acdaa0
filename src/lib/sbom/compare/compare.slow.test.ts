import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { digestOf, hexOf } from '#base/digest.ts';
import type { Package, PackageType } from '#model/package.ts';
import { arbitraryContents } from '#test/samples/arbitrary-contents.ts';
import { samplePackage, sampleReport } from '#test/samples/report.ts';
import { type SbomName, sbomWriters } from '../formats/list.ts';
import { readSbom } from '../read.ts';
import { writeSbom } from '../write.ts';
import { declaredFiles, diffFiles, type FileContent } from './files.ts';
import { diffPackages, observePackages, type Sight } from './packages.ts';
import { type DocumentPlace, scopeOf, typesOf } from './scope.ts';

/** Files below `seen` are looked into, all of them were read. */
const ALL: Sight = {
  looksInto: (_type, path) => path.startsWith('/seen/'),
  mayHide: () => false,
};

interface Said {
  readonly purl: string;
  /** Where the document says that it is. */
  readonly at?: string;
}

const said = (purl: string, at?: string): Said => ({ purl, ...(at === undefined ? {} : { at }) });

/** CycloneDX about an image, as tools other than Plimsoll write it. */
function bomOf(components: readonly Said[], about = 'container'): ReturnType<typeof readSbom> {
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: {
      component: { type: about, name: 'app', ...(about === 'container' ? { version: digestOf('image') } : {}) },
    },
    components: components.map(({ purl, at }) => ({
      type: 'library',
      name: 'x',
      purl,
      ...(at === undefined ? {} : { evidence: { occurrences: [{ location: at }] } }),
    })),
  };
  return readSbom(Buffer.from(JSON.stringify(bom)), 'bom');
}

function packageAt(type: PackageType, name: string, version: string, path = '/seen/x', ownedBy?: string): Package {
  const purl = `pkg:${type}/${name.replace('@', '%40')}@${version}`;
  const locations = [{ path, layer: null, ...(ownedBy === undefined ? {} : { ownedBy }) }];
  return { ...samplePackage(type, name, version, null), purl, locations };
}

/** `difference name declared found`, with dashes for what there is none of. */
function compare(
  declared: readonly Said[],
  packages: readonly Package[],
  place: DocumentPlace = 'manifest',
  sight: Partial<Sight> = {},
): readonly string[] {
  const document = bomOf(declared);
  const scope = scopeOf(document, place);
  const { differences } = diffPackages(
    document,
    scope,
    typesOf(document),
    observePackages(packages, { ...ALL, ...sight }),
  );
  return differences.map(({ difference, about, declared: before, found }) => {
    assert.equal(about.kind, 'package');
    return [difference, about.kind === 'package' ? about.name : '', before ?? '-', found ?? '-'].join(' ');
  });
}

describe('packages declared and observed', () => {
  const musl = packageAt('apk', 'musl', '1.2.5-r0');
  const lodash = packageAt('npm', 'lodash', '4.17.4');
  const MUSL = said('pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=3.20.3');
  const LODASH = said('pkg:npm/lodash@4.17.4', '/seen/node_modules/lodash/package.json');

  const cases: readonly (readonly [
    what: string,
    declared: readonly Said[],
    packages: readonly Package[],
    expected: readonly string[],
    place?: DocumentPlace,
  ])[] = [
    ['the same', [MUSL, LODASH], [musl, lodash], []],
    ['absent', [MUSL, said('pkg:apk/alpine/zlib@1')], [musl], ['absent zlib 1 -']],
    ['undeclared', [MUSL], [musl, packageAt('apk', 'zlib', '1')], ['undeclared zlib - 1']],
    ['of another version', [said('pkg:apk/alpine/musl@1.2.4-r9')], [musl], ['version musl 1.2.4-r9 1.2.5-r0']],
    ['one of two versions', [LODASH, said('pkg:npm/lodash@3.0.0')], [lodash, packageAt('npm', 'lodash', '3.0.0')], []],
    ['one version more', [LODASH], [lodash, packageAt('npm', 'lodash', '3.0.0')], ['undeclared lodash - 3.0.0']],
    ['a type that is not covered', [MUSL], [musl, lodash], []],
    ['a package of a language without a place', [MUSL, said('pkg:npm/gone@1')], [musl], []],
    ['a place that is not looked into', [MUSL, said('pkg:npm/gone@1', '/app/package-lock.json')], [musl], []],
    ['a place that is looked into', [MUSL, said('pkg:npm/gone@1', '/seen/gone')], [musl], ['absent gone 1 -']],
    ['names of Python', [said('pkg:pypi/Jinja_2@3.0.RC1')], [packageAt('pypi', 'jinja-2', '3.0.rc1')], []],
    ['a scope that is not encoded', [said('pkg:npm/@hapi/hoek@8.5.0')], [packageAt('npm', '@hapi/hoek', '8.5.0')], []],
    [
      'another scope',
      [said('pkg:npm/%40other/hoek@8.5.0', '/seen/x')],
      [packageAt('npm', '@hapi/hoek', '8.5.0')],
      ['undeclared @hapi/hoek - 8.5.0', 'absent @other/hoek 8.5.0 -'],
    ],
    [
      'an epoch in the qualifier',
      [said('pkg:rpm/redhat/bash@5.1-9?epoch=1')],
      [packageAt('rpm', 'bash', '1:5.1-9')],
      [],
    ],
    [
      'another epoch',
      [said('pkg:rpm/redhat/bash@5.1-9?epoch=2')],
      [packageAt('rpm', 'bash', '1:5.1-9')],
      ['version bash 2:5.1-9 1:5.1-9'],
    ],
    ['an epoch of zero', [said('pkg:rpm/redhat/bash@5.1-9?epoch=0')], [packageAt('rpm', 'bash', '5.1-9')], []],
    [
      'keys of rpm',
      [said('pkg:rpm/redhat/bash@5.1-9'), said('pkg:rpm/redhat/gpg-pubkey@1-1')],
      [packageAt('rpm', 'bash', '5.1-9')],
      [],
    ],
    ['a version that the document has not', [said('pkg:deb/debian/bash')], [packageAt('deb', 'bash', '5')], []],
    [
      'a version of Go with and without v',
      [said('pkg:golang/github.com/BurntSushi/toml@1.0.0')],
      [packageAt('golang', 'github.com/BurntSushi/toml', 'v1.0.0')],
      [],
    ],
    [
      'a module that Syft splits',
      [said('pkg:golang/github.com/cespare/xxhash@v2.1.2#v2')],
      [packageAt('golang', 'github.com/cespare/xxhash/v2', 'v2.1.2')],
      [],
    ],
    [
      'the standard library of Go that is not listed',
      [said('pkg:golang/a.b/c@v1.0.0')],
      [packageAt('golang', 'a.b/c', 'v1.0.0'), packageAt('golang', 'stdlib', '1.22.1')],
      [],
    ],
    [
      'the standard library of Go as Syft has it',
      [said('pkg:golang/stdlib@go1.22.1')],
      [packageAt('golang', 'stdlib', '1.22.1')],
      [],
    ],
    [
      'the main module of a program whose others are there',
      [said('pkg:golang/a.b/main@v9.0.0', '/seen/app'), said('pkg:golang/a.b/c@v1.0.0', '/seen/app')],
      [packageAt('golang', 'a.b/c', 'v1.0.0', '/seen/app')],
      [],
    ],
    [
      'several modules of a program',
      [
        said('pkg:golang/a.b/d@v9.0.0', '/seen/app'),
        said('pkg:golang/a.b/e@v9.0.0', '/seen/app'),
        said('pkg:golang/a.b/c@v1.0.0', '/seen/app'),
      ],
      [packageAt('golang', 'a.b/c', 'v1.0.0', '/seen/app')],
      ['absent a.b/d v9.0.0 -', 'absent a.b/e v9.0.0 -'],
    ],
    ['a program that is not there', [said('pkg:golang/a.b/c@v1.0.0', '/seen/app')], [], ['absent a.b/c v1.0.0 -']],
    [
      'what belongs to OS packages',
      [said('pkg:deb/debian/npm@9'), LODASH],
      [
        packageAt('deb', 'npm', '9'),
        lodash,
        packageAt('npm', 'abbrev', '2.0.0', '/seen/abbrev', 'pkg:deb/debian/npm@9'),
      ],
      [],
    ],
    [
      'an architecture more',
      [said('pkg:deb/debian/libc6@2.36?arch=amd64')],
      [
        { ...packageAt('deb', 'libc6', '2.36'), architecture: 'amd64' },
        { ...packageAt('deb', 'libc6', '2.36'), architecture: 'i386' },
      ],
      ['undeclared libc6 - 2.36'],
    ],
    [
      'a type that nobody looks for',
      [MUSL, said('pkg:bitnami/b@1', '/seen/x'), said('pkg:generic/node@22')],
      [musl],
      [],
    ],
    ['a purl that cannot be read', [MUSL, said('pkg:apk/a%zz@1')], [musl], []],
    ['of an index, absent on one platform', [MUSL, said('pkg:apk/alpine/zlib@1')], [musl], [], 'index'],
    ['of an index, undeclared', [MUSL], [musl, packageAt('apk', 'zlib', '1')], ['undeclared zlib - 1'], 'index'],
    [
      'of a part, undeclared',
      [MUSL, LODASH],
      [musl, packageAt('apk', 'zlib', '1'), packageAt('npm', 'a', '1')],
      ['absent lodash 4.17.4 -'],
      'file',
    ],
    [
      'of a part, another version',
      [said('pkg:apk/alpine/musl@1.2.4-r9')],
      [musl],
      ['version musl 1.2.4-r9 1.2.5-r0'],
      'file',
    ],
    ['of a part, of another system', [said('pkg:rpm/almalinux/libgfortran@8.5')], [musl], [], 'file'],
  ];
  for (const [what, declared, packages, expected, place] of cases) {
    it(what, () => {
      assert.deepEqual(compare(declared, packages, place), expected);
    });
  }

  it('what lock files declare is no package of either side', () => {
    const asked: Package = { ...packageAt('npm', 'lodash', '4.17.4'), confidence: 'declared' };
    assert.deepEqual(compare([MUSL, said('pkg:npm/lodash@4.17.4', '/seen/x')], [musl, asked]), [
      'absent lodash 4.17.4 -',
    ]);
    assert.deepEqual(compare([MUSL, said('pkg:npm/a@1', '/seen/x')], [musl, packageAt('npm', 'a', '1'), asked]), []);
  });

  it('what could not be read may hide what is declared', () => {
    const declared = [MUSL, said('pkg:apk/alpine/zlib@1'), said('pkg:npm/gone@1', '/seen/gone')];
    const hidden = { mayHide: (type: PackageType, path: string | null) => type === 'apk' || path === '/seen/gone' };
    assert.deepEqual(compare(declared, [musl], 'manifest', hidden), []);
  });

  it('an attested document about something else than an image speaks for a part', () => {
    const document = bomOf([LODASH], 'application');
    assert.deepEqual([scopeOf(document, 'manifest'), typesOf(document)], ['part', ['npm']]);
    const subject = { name: 'app', digest: digestOf('m'), id: null, platform: null, layers: [] };
    assert.equal(scopeOf({ ...document, subject }, 'manifest'), 'image');
    assert.equal(scopeOf(bomOf([MUSL], 'application'), 'index'), 'index');
    assert.equal(scopeOf(bomOf([MUSL]), 'file'), 'part');
    const ofBuild = (name: string): string => scopeOf({ ...bomOf([MUSL]), name }, 'buildkit');
    assert.deepEqual([ofBuild('sbom'), ofBuild('sbom-base')], ['image', 'build']);
  });

  it('what is declared many times over costs no more than once', () => {
    const declared = Array.from({ length: 20_000 }, (_, index) => said(`pkg:npm/a@${index}`, '/seen/a'));
    const packages = Array.from({ length: 20_000 }, (_, index) => packageAt('npm', 'a', `0.${index}`));
    assert.equal(compare(declared, packages).length, 20_000);
  });
});

describe('documents of Plimsoll', () => {
  const names = Object.keys(sbomWriters) as readonly SbomName[];
  for (const format of names) {
    it(`${format}: any report agrees with its own document`, () => {
      fc.assert(
        fc.property(arbitraryContents, (report) => {
          const document = readSbom(Buffer.from(writeSbom(report, { format, now: 0 })), 'document');
          const packages = JSON.parse(JSON.stringify(report.packages), (_name, value: unknown) =>
            typeof value === 'string' ? value.toWellFormed() : value,
          ) as readonly Package[];
          const observed = observePackages(packages, { looksInto: () => true, mayHide: () => false });
          const { differences } = diffPackages(document, scopeOf(document, 'manifest'), typesOf(document), observed);
          assert.deepEqual(differences, []);
        }),
        { numRuns: 100 },
      );
    });
  }

  it('speak for all types that were looked for, also those of which there are none', () => {
    const report = sampleReport({ packages: sampleReport().packages.filter(({ type }) => type === 'apk') });
    const added = packageAt('pypi', 'requests', '2.19.0');
    for (const [content, expected] of [
      ['read', 1],
      ['declared', 0],
    ] as const) {
      const document = readSbom(Buffer.from(writeSbom({ ...report, content }, { format: 'spdx', now: 0 })), 'document');
      const observed = observePackages([...report.packages, added], ALL);
      assert.equal(diffPackages(document, 'image', typesOf(document), observed).differences.length, expected);
    }
  });
});

describe('files declared and observed', () => {
  const [one, other] = [digestOf('one'), digestOf('other')];
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [
      { type: 'file', name: '/same', hashes: [{ alg: 'SHA-256', content: hexOf(one) }] },
      { type: 'file', name: 'swapped', hashes: [{ alg: 'SHA-256', content: hexOf(one).toUpperCase() }] },
      { type: 'file', name: '/gone', hashes: [{ alg: 'SHA-256', content: hexOf(one) }] },
      { type: 'file', name: '/text', hashes: [{ alg: 'SHA-256', content: hexOf(one) }] },
      { type: 'file', name: '/sha1', hashes: [{ alg: 'SHA-1', content: '0'.repeat(40) }] },
      { type: 'file', name: '/twice', hashes: [{ alg: 'SHA-256', content: hexOf(one) }] },
      { type: 'file', name: '/twice', hashes: [{ alg: 'SHA-256', content: hexOf(other) }] },
    ],
  };
  const declared = declaredFiles(readSbom(Buffer.from(JSON.stringify(bom)), 'bom'));
  const image: Readonly<Record<string, FileContent>> = {
    '/same': { kind: 'digest', digest: one, layer: null },
    '/swapped': { kind: 'digest', digest: other, layer: digestOf('layer') },
    '/text': { kind: 'no-digest' },
    '/twice': { kind: 'digest', digest: other, layer: null },
  };
  const contentOf = (path: string): FileContent => image[path] ?? { kind: 'missing' };

  it('absent and of another content; what has no digest on either side says nothing', () => {
    const { differences, compared } = diffFiles(declared, 'image', contentOf);
    assert.deepEqual(differences, [
      {
        difference: 'hash',
        about: { kind: 'file', path: '/swapped', layer: digestOf('layer') },
        declared: one,
        found: other,
      },
      { difference: 'absent', about: { kind: 'file', path: '/gone', layer: null }, declared: one, found: null },
    ]);
    assert.equal(compared, 4);
  });

  it('of a part and of an index say nothing of this image', () => {
    for (const scope of ['part', 'index'] as const) {
      assert.deepEqual(diffFiles(declared, scope, contentOf), { differences: [], compared: 0 });
    }
  });
});
