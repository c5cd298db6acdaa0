import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { PackageRecord } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { dpkg } from './index.ts';

evidence('catalogers/dpkg', 'real tool', 'the status database of an Ubuntu 18.04 image, listed by dpkg-query');
evidence(
  'catalogers/dpkg status.d',
  'real tool',
  'the control file of each package of an Ubuntu 18.04 image as dpkg-query prints it, without Status as in distroless images',
);

const STATUS = 'var/lib/dpkg/status';

const EXAMPLE = `Package: fdisk
Status: install ok installed
Architecture: amd64
Source: util-linux
Version: 2.31.1-0.4ubuntu3.1
Description: collection of partitioning utilities
 Package: not a field, but a folded line
 .
 Version: neither

Package: xz-utils
Status: install ok installed
Architecture: amd64
Source: xz-source (5.1.1alpha+20120614-2)
Version: 5.2.2-1.3

`;

catalogerContract(dpkg, { example: { path: STATUS, bytes: Buffer.from(EXAMPLE) } });

function read(text: string, path = STATUS): ReturnType<typeof dpkg.read> {
  return dpkg.read({ path, bytes: Buffer.from(text) });
}

test('the source package and its version are those of Source, else of the package itself', () => {
  const sources = [
    ['', { name: 'a', version: '1-1' }],
    ['Source: b\n', { name: 'b', version: '1-1' }],
    ['Source: b (2-1)\n', { name: 'b', version: '2-1' }],
    ['Source: b(2-1)\n', { name: 'b', version: '2-1' }],
    ['Source: b (2-1\n', { name: 'b', version: '2-1' }],
    ['Source: b ()\n', { name: 'b', version: '1-1' }],
    ['Source: (2-1)\n', { name: 'a', version: '2-1' }],
  ] as const;
  for (const [source, expected] of sources) {
    assert.deepEqual(read(`Package: a\n${source}Version: 1-1\n`).packages?.[0]?.source, expected, source);
  }
});

test('the state of a package decides whether it is there', () => {
  const states: readonly (readonly [string, boolean])[] = [
    ['install ok installed', true],
    ['hold ok installed', true],
    ['deinstall ok installed', true],
    ['install reinstreq half-installed', true],
    ['install ok unpacked', true],
    ['install ok half-configured', true],
    ['install ok triggers-awaiting', true],
    ['install ok triggers-pending', true],
    ['install ok a-state-of-the-future', true],
    ['deinstall ok config-files', false],
    ['purge ok not-installed', false],
  ];
  for (const [status, there] of states) {
    const found = read(`Package: a\nStatus: ${status}\nVersion: 1\n\nPackage: b\nVersion: 1\n`);
    assert.equal(found.packages?.length, there ? 2 : 1, status);
  }
});

test('fields are read whatever the line ends and capitals', () => {
  const found = read('PACKAGE: a\r\nversion : 1:2-3\r\nArchitecture:all\r\n\r\n\r\nPackage:b\nVersion:2');
  assert.deepEqual(found, {
    packages: [
      {
        type: 'deb',
        name: 'a',
        version: '1:2-3',
        source: { name: 'a', version: '1:2-3' },
        architecture: 'all',
        licenses: [],
      },
      { type: 'deb', name: 'b', version: '2', source: { name: 'b', version: '2' }, licenses: [] },
    ],
  });
});

test('a stanza without Package is an unknown, one without Version a package without version', () => {
  const found = read('Version: 1\n\nPackage: a\n\nVersion: 2\n');
  assert.deepEqual(
    found.packages?.map((record) => [record.name, record.version]),
    [['a', '']],
  );
  assert.deepEqual(found.unknowns, ['line 1 and 1 more: expected a stanza with a Package field, found one without']);
});

test('a line that is no field is an unknown', () => {
  assert.deepEqual(read('Package: a\nrubbish\nVersion: 1\n').unknowns, [
    'line 2: expected a field or its continuation, found neither',
  ]);
});

test('a database without a single package is an unknown', () => {
  for (const text of ['', '\n\n', 'Package: a\nStatus: deinstall ok config-files\nVersion: 1\n']) {
    assert.deepEqual(read(text), {
      packages: [],
      unknowns: ['expected at least one package, found an empty database'],
    });
  }
});

test('a database cannot list more packages than a limit', () => {
  assert.throws(() => read('Package:a\n\n'.repeat(250_001)), { code: 'LIMIT_EXCEEDED', object: STATUS });
});

test('status.d holds a package per file, and checksums that are none of them', () => {
  const path = 'var/lib/dpkg/status.d/libc6';
  assert.ok(dpkg.wants({ path, mode: 0o644, size: 1 }));
  assert.equal(read('Package: libc6\nSource: glibc\nVersion: 2.36-9\n', path).packages?.[0]?.source?.name, 'glibc');
  assert.equal(read('Package: libc6\nVersion: 2.36-9\n', `${path}.md5sums`).packages, undefined);
});

test('what a package needs and provides are names, alternatives all, without versions and architectures', () => {
  const [record] =
    read(
      `Package: a
Pre-Depends: i:any (>= 1), b
Depends: c (>= 2) | d, e [amd64],
 f<!nocheck>,
 b, a
Provides: g (= 1),h
Suggests: j
Maintainer: A B <a@b>
Version: 1
`,
    ).packages ?? [];
  assert.deepEqual(record?.requires, ['c', 'd', 'e', 'f', 'b', 'i']);
  assert.deepEqual(record?.provides, ['g', 'h']);
  assert.equal(record?.vendor, 'A B <a@b>');
});

test('a database cannot need more names than a limit', () => {
  const names = Array.from({ length: 1_000_001 }, (_, index) => index.toString(36));
  assert.throws(() => read(`Package: -\nDepends: ${names.join(',')}\n`), { code: 'LIMIT_EXCEEDED', object: STATUS });
});

test('Ubuntu 18.04 loads whole, as dpkg-query lists it', { skip: missing('shared-data', 'dpkg') }, () => {
  const folder = data('pkgdb/ubuntu-18.04/var/lib/dpkg');
  const format = '${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\t${db:Status-Status}\n';
  const listed = execFileSync('dpkg-query', ['--admindir', folder, '-W', '-f', format], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const rows = listed.trim().split('\n');
  assert.equal(rows.length, 91);
  const installed = rows.filter((row) => row.endsWith('\tinstalled')).map((row) => row.slice(0, row.lastIndexOf('\t')));
  assert.equal(installed.length, 90);

  const found = dpkg.read({ path: STATUS, bytes: readFileSync(`${folder}/status`) });
  assert.equal(found.unknowns, undefined);
  const ours = (found.packages ?? []).map((record) =>
    [record.name, record.version, record.architecture, record.source?.name, record.source?.version].join('\t'),
  );
  assert.deepEqual(ours.toSorted(), installed.toSorted());
});

test('the names that Ubuntu 18.04’s packages need and provide are those of dpkg', {
  skip: missing('shared-data', 'dpkg-perl'),
}, () => {
  const folder = data('pkgdb/ubuntu-18.04/var/lib/dpkg');
  // Dpkg's own reader of relationships: the names of all alternatives, in order.
  const program = `
    use Dpkg::Deps; use Dpkg::Index;
    my $index = Dpkg::Index->new(); $index->load($ARGV[0]);
    foreach my $package ($index->get()) {
      next unless ($package->{Status} =~ / installed$/);
      foreach my $part ([1, 'Depends'], [1, 'Pre-Depends'], [0, 'Provides']) {
        my $text = $package->{$part->[1]} // next;
        deps_iterate(deps_parse($text, virtual => !$part->[0]), sub {
          print join("\t", $package->{Package}, $part->[0], $_[0]->{package}), "\n"; 1 });
      }
    }`;
  const listed = execFileSync('perl', ['-e', program, `${folder}/status`], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const packages = dpkg.read({ path: STATUS, bytes: readFileSync(`${folder}/status`) }).packages ?? [];
  const ours = packages.flatMap(({ name, requires = [], provides = [] }) => [
    ...requires.map((needed) => `${name}\t1\t${needed}`),
    ...provides.map((provided) => `${name}\t0\t${provided}`),
  ]);
  assert.ok(ours.length > 200, `${ours.length}`);
  assert.deepEqual(ours.toSorted(), [...new Set(listed)].toSorted());
});

test('a folder of control files says what the database says', { skip: missing('shared-data', 'dpkg') }, () => {
  const folder = data('pkgdb/ubuntu-18.04/var/lib/dpkg');
  const printed = execFileSync('dpkg-query', ['--admindir', folder, '--status'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const stanzas = printed
    .trim()
    .split('\n\n')
    .filter((stanza) => stanza.includes('\nStatus: install ok installed\n'));
  assert.equal(stanzas.length, 90);

  const found = stanzas.flatMap((stanza, index) => {
    const path = `var/lib/dpkg/status.d/${index}`;
    assert.ok(dpkg.wants({ path, mode: 0o644, size: 1 }));
    const { packages, unknowns } = read(`${stanza.replace('Status: install ok installed\n', '')}\n`, path);
    assert.equal(unknowns, undefined);
    return packages ?? [];
  });
  const whole = dpkg.read({ path: STATUS, bytes: readFileSync(`${folder}/status`) }).packages ?? [];
  assert.deepEqual(byName(found), byName(whole));
});

function byName(packages: readonly PackageRecord[]): readonly PackageRecord[] {
  return packages.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
