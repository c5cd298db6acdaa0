import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Inventory } from '#model/inventory.ts';
import { inventoryOf } from './inventory.ts';
import { readSbom } from './read.ts';

function inventory(...components: readonly object[]): Inventory {
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', components };
  return inventoryOf(readSbom(Buffer.from(JSON.stringify(bom)), 'app.json'));
}

function library(purl: string | undefined, members: object = {}): object {
  return { type: 'library', name: 'x', version: '1', ...(purl === undefined ? {} : { purl }), ...members };
}

describe('the inventory of a document', () => {
  it('has names and versions of the package URL, as advisories write them', () => {
    const { packages } = inventory(
      library('pkg:npm/%40hapi/hoek@8.5.0', { group: '@hapi', name: 'hoek', version: '8.5.0' }),
      library('pkg:pypi/ruamel.yaml@0.17', { name: 'Ruamel_YAML', version: '0.17' }),
      library('pkg:golang/github.com/a/b@v1.2.3#cmd/c', { name: 'github.com/a/b/cmd/c', version: 'UNKNOWN' }),
      library('pkg:golang/github.com/a/main', { name: 'github.com/a/main', version: 'UNKNOWN' }),
      library('pkg:rpm/rhel/bash@5.1-2.el9?arch=x86_64&epoch=1&upstream=bash-src@5.1-2.el9', { name: 'bash' }),
      library('pkg:deb/debian/OpenSSL@3.0.9-1?upstream=openssl', { name: 'OpenSSL' }),
    );
    assert.deepEqual(
      packages.map(({ type, name, version, source }) => [type, name, version, source?.name, source?.version]),
      [
        ['deb', 'openssl', '3.0.9-1', 'openssl', '3.0.9-1'],
        ['golang', 'github.com/a/b', 'v1.2.3', undefined, undefined],
        ['golang', 'github.com/a/main', '', undefined, undefined],
        ['npm', '@hapi/hoek', '8.5.0', undefined, undefined],
        ['pypi', 'ruamel-yaml', '0.17', undefined, undefined],
        ['rpm', 'bash', '1:5.1-2.el9', 'bash-src', '5.1-2.el9'],
      ],
    );
  });

  it('does not believe facts of ours that the package URL contradicts', () => {
    const facts = { name: 'harmless', version: '9', licenses: [], layer: null, locations: [], cataloger: 'npm' };
    const properties = [{ name: 'plimsoll:facts', value: JSON.stringify({ ...facts, __proto__x: 1 }) }];
    const [found] = inventory(library('pkg:npm/lodash@4.17.4', { properties })).packages;
    assert.deepEqual([found?.name, found?.version], ['lodash', '4.17.4']);
    assert.ok(found !== undefined && !('__proto__x' in found));
  });

  it('says of everything that it cannot list', () => {
    const { packages, unknowns } = inventory(
      library(undefined, { name: 'curl', purl: '' }),
      library('pkg:npm/%zz@1'),
      library('pkg:cobol/a@1'),
      library('pkg:cobol/b@1'),
      {
        type: 'application',
        name: 'package-lock.json',
        properties: [{ name: 'aquasecurity:trivy:Class', value: 'lang-pkgs' }],
      },
      { type: 'file', name: '/etc/hosts' },
    );
    assert.deepEqual(packages, []);
    assert.deepEqual(
      unknowns.map(({ kind, reason }) => `${kind}: ${reason}`),
      [
        'incomplete-sbom: components[0] ("curl") has no package URL, so that nothing can be matched with it',
        'incomplete-sbom: components[1] ("x") has a package URL that cannot be read: "pkg:npm/%zz@1": not a package URL: expected percent-encoded UTF-8, found "%zz"',
        'incomplete-sbom: 2 components of type "cobol" are not listed: nothing is known of this type',
        'no-package-database: the document lists no package of an operating system',
      ],
    );
  });

  it('takes the distribution from package URLs where no component says it, if they agree', () => {
    const cases: readonly (readonly [purls: readonly string[], expected: string])[] = [
      [['pkg:deb/debian/a@1?distro=debian-12', 'pkg:deb/debian/b@1?distro=debian-12'], 'debian 12'],
      [['pkg:apk/alpine/a@1?distro=3.20.3'], 'alpine 3.20.3'],
      [['pkg:apk/alpine/a@1?distro=alpine-3.20.3'], 'alpine 3.20.3'],
      [['pkg:deb/ubuntu/a@1?distro=jammy'], 'ubuntu '],
      [['pkg:rpm/suse/a@1?distro=opensuse-leap-15.5'], 'opensuse-leap 15.5'],
      [['pkg:deb/debian/a@1', 'pkg:npm/a@1?distro=debian-12'], 'none'],
      [['pkg:deb/debian/a@1?distro=debian-12', 'pkg:deb/debian/b@1?distro=debian-11'], 'none'],
    ];
    for (const [purls, expected] of cases) {
      const { os, unknowns } = inventory(...purls.map((purl) => library(purl)));
      assert.equal(os === null ? 'none' : `${os.id} ${os.versionId ?? ''}`, expected, purls.join(' '));
      assert.equal(unknowns.length, expected === 'none' && purls[0]?.includes('distro') ? 1 : 0);
    }
  });

  it('lists a package once with all its places', () => {
    const at = (path: string): object => ({ evidence: { occurrences: [{ location: path }] } });
    const { packages } = inventory(library('pkg:npm/a@1', at('b/package.json')), library('pkg:npm/a@1', at('/a.json')));
    assert.deepEqual(
      packages.map(({ locations }) => locations),
      [
        [
          { path: '/a.json', layer: null },
          { path: '/b/package.json', layer: null },
        ],
      ],
    );
  });
});
