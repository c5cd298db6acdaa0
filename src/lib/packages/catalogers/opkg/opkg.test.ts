import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PathHashes } from '#base/path-hash.ts';
import type { PackageRecord } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { type DebPackage, DpkgRoot } from '#test/fixtures/dpkg-root.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { opkg } from './index.ts';

evidence(
  'catalogers/opkg',
  'real tool',
  'databases and lists that dpkg wrote in the place of those of opkg, whose format is dpkg’s, listed by dpkg-query; Debian has no opkg that a test could run, and what only opkg writes is the test’s own',
);

const STATUS = 'usr/lib/opkg/status';
const CONTROL = 'var/lib/opkg/info/lantern.control';

const EXAMPLE = `Package: lantern
Version: 2:1.4~rc2-r3
Description: a light
 Version: not a field, but a folded line
Section: utils
Maintainer: Lamp Works <lamps@example.org>
License: MIT & Zlib
Architecture: lamp_32
Depends: libwick (>= 3.0), tallow | wax
Provides: lamp
Source: lamps_1.4.bb
`;

catalogerContract(opkg, { example: { path: CONTROL, bytes: Buffer.from(EXAMPLE) } });

function read(path: string, text: string): ReturnType<typeof opkg.read> {
  return opkg.read({ path, bytes: Buffer.from(text) });
}

function hashesOf(...paths: readonly string[]): string {
  const hashes = new PathHashes();
  paths.forEach((path) => hashes.add(Buffer.from(path)));
  return hashes.toText();
}

describe('what dpkg writes in the place of opkg', () => {
  const BASE = 'Section: utils\nDescription: x\n Package: y\n';
  const SNUFFER: DebPackage = {
    id: 'snuffer',
    control: `Package: snuffer\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.org>\n${BASE}`,
    conffiles: ['/etc/snuffer.conf'],
    files: { 'etc/snuffer.conf': '1', 'usr/bin/snuffer': '2' },
  };
  const TINDER: DebPackage = {
    id: 'tinder',
    control: `Package: tinder\nVersion: 0.9+git4-1\nArchitecture: all\nMaintainer: A <a@example.org>\n${BASE}`,
    files: { 'usr/share/tinder/box': '1' },
  };
  const LAMPS: readonly DebPackage[] = [
    {
      id: 'lantern',
      control: `Package: lantern
Version: 2:1.4~rc2-3
Architecture: mipsel
Maintainer: Lamp Works <lamps@example.org>
License: MIT AND (Zlib OR X11)
Pre-Depends: libwick3(>=3.0)
Depends: tallow|wax( << 4 ),libmatch:any,
 libflint
Provides: lamp(=2),light
Source: lamps (1.3)
Essential: yes
${BASE}`,
      conffiles: ['/etc/lantern.conf'],
      files: { 'etc/lantern.conf': '1', 'usr/sbin/lantern': '2', 'usr/lib/lantern/a b/é': '3' },
      links: { 'usr/bin/lantern': '../sbin/lantern' },
    },
    {
      id: 'libwick3',
      control: `Package: libwick3
Version: 3.0.1-r1
Architecture: mipsel
License: Apache-2.0
Provides: libwick
ABIVersion: 3
${BASE}`,
      files: { 'usr/lib/libwick.so.3': '1' },
      links: { 'usr/lib/libwick.so': 'libwick.so.3' },
    },
    {
      id: 'tallow',
      control: `Package: tallow\nVersion: 7\nArchitecture: all\nMaintainer: A <a@example.org>\nDepends: libwick3\n${BASE}`,
    },
  ];

  test('packages and files are those that dpkg-query lists, in whatever state', { skip: missing('dpkg') }, () => {
    const root = new DpkgRoot('usr/lib/opkg');
    try {
      root.install([...LAMPS, SNUFFER]);
      root.unpack([TINDER]);
      root.uninstall(['snuffer']);
      assert.equal(
        root.query('-W', '-f=${Package} ${db:Status-Status}\n'),
        'lantern installed\nlibwick3 installed\nsnuffer config-files\ntallow installed\ntinder unpacked\n',
      );
      assertLoads(root, 'usr/lib/opkg', ['lantern', 'libwick3', 'snuffer', 'tallow', 'tinder']);
    } finally {
      root.remove();
    }
  });

  test('the other place of the database is read as well', { skip: missing('dpkg') }, () => {
    const root = new DpkgRoot('var/lib/opkg');
    try {
      root.install([TINDER]);
      assertLoads(root, 'var/lib/opkg', ['tinder']);
    } finally {
      root.remove();
    }
  });

  /** Whatever is wanted below the root says what dpkg-query does. */
  function assertLoads(root: DpkgRoot, database: string, names: readonly string[]): void {
    const found = wantedFiles(root.folder).map((path) => {
      return { path, ...opkg.read({ path, bytes: readFileSync(join(root.folder, path)) }) };
    });
    assert.deepEqual(
      found.map(({ path }) => path),
      [...names.map((name) => `${database}/info/${name}.list`), `${database}/status`],
    );
    assert.ok(found.every(({ unknowns }) => unknowns === undefined));
    assert.deepEqual(new Set(found.flatMap(({ packages = [] }) => packages)), new Set(listedPackages(root)));
    assert.deepEqual(
      found.flatMap(({ owned = [] }) => owned),
      names.map((name) => ({ package: name, files: hashesOf(...listedFiles(root, name)) })),
    );
  }

  function wantedFiles(root: string): readonly string[] {
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted();
    assert.ok(files.some((path) => path.endsWith('/status-old')));
    return files.filter((path) => {
      const { mode, size } = statSync(join(root, path));
      return opkg.wants({ path, mode, size });
    });
  }

  /** Those whose files are there, with names of relations as dpkg writes them: `a (>= 1), b:any | c`. */
  function listedPackages(root: DpkgRoot): readonly PackageRecord[] {
    const fields = 'db:Status-Status Package Version Architecture Maintainer License Depends Pre-Depends Provides';
    const format = fields.split(' ').map((field) => `\${${field}}`);
    const rows = root
      .query('-W', `-f=${format.join('\t')}\n`)
      .split('\n')
      .slice(0, -1);
    return rows
      .map((row) => row.split('\t'))
      .filter(([state]) => state !== 'config-files')
      .map(([, name = '', version = '', architecture = '', vendor, license, depends, before, provides]) => ({
        type: 'opkg',
        name,
        version,
        architecture,
        ...(vendor ? { vendor } : {}),
        ...(depends || before ? { requires: [...namesIn(depends), ...namesIn(before)] } : {}),
        ...(provides ? { provides: namesIn(provides) } : {}),
        licenses: license ? [license] : [],
      }));
  }

  function namesIn(relation = ''): readonly string[] {
    const names = relation.split(/, | \| /).map((each) => each.replace(/[ :].*/, ''));
    return names.filter((name) => name !== '');
  }

  function listedFiles(root: DpkgRoot, name: string): readonly string[] {
    const lines = root.query('-L', name).split('\n').slice(0, -1);
    return lines.map((line) => line.slice(1));
  }
});

describe('what only opkg writes', () => {
  test('a control file says the licence and who made the package', () => {
    assert.deepEqual(read(CONTROL, EXAMPLE), {
      packages: [
        {
          type: 'opkg',
          name: 'lantern',
          version: '2:1.4~rc2-r3',
          architecture: 'lamp_32',
          vendor: 'Lamp Works <lamps@example.org>',
          requires: ['libwick', 'tallow', 'wax'],
          provides: ['lamp'],
          licenses: ['MIT & Zlib'],
        },
      ],
    });
  });

  test('a package counts unless its state says that none of its files is there', () => {
    const states = [
      ['install user installed', true],
      ['install hold,user installed', true],
      ['install ok unpacked', true],
      ['install ok half-installed', true],
      ['deinstall ok installed', true],
      ['deinstall ok not-installed', false],
      ['deinstall ok config-files', false],
    ] as const;
    for (const [state, counts] of states) {
      const text = `Package: a\nVersion: 1\nStatus: ${state}\n\nPackage: b\nVersion: 1\nStatus: install ok installed\n`;
      const names = read(STATUS, text).packages?.map(({ name }) => name);
      assert.deepEqual(names, counts ? ['a', 'b'] : ['b'], state);
    }
  });

  test('lists have paths, with or without modes and targets of links', () => {
    const files = hashesOf('bin/wick', 'bin/w', 'etc/a b', 'etc/lamps/');
    for (const lines of [
      '/bin/wick\n/bin/w\n/etc/a b\n/etc/lamps/\n',
      '/bin/wick\t0100755\n/bin/w\t0120777\twick\n/etc/a b\t0100644\n/etc/lamps/\t040755\n',
    ]) {
      assert.deepEqual(read('var/lib/opkg/info/wick.list', lines), { owned: [{ package: 'wick', files }] });
    }
  });
});

test('an empty database, and a stanza without a name, are unknowns', () => {
  assert.deepEqual(read(STATUS, '').unknowns, ['expected at least one package, found an empty database']);
  assert.deepEqual(read(STATUS, 'Version: 1\n').unknowns, [
    'line 1: expected a stanza with a Package field, found one without',
  ]);
});

test('both places are wanted, and nothing else of them', () => {
  const wanted = (path: string): boolean => opkg.wants({ path, mode: 0o644, size: 1 });
  assert.ok(wanted(STATUS) && wanted('var/lib/opkg/status') && wanted('usr/lib/opkg/info/a.list') && wanted(CONTROL));
  assert.ok(
    !wanted('usr/lib/opkg/info/a.postinst') && !wanted('opt/usr/lib/opkg/status') && !wanted('usr/lib/opkg/a.list'),
  );
});
