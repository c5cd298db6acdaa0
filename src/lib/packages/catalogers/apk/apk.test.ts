import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PathHashes } from '#base/path-hash.ts';
import type { PackageRecord } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { apk } from './index.ts';

evidence('catalogers/apk', 'published', 'the root file systems of Alpine 3.8 to 3.20 and two older package databases');

const DATABASE = 'lib/apk/db/installed';

const EXAMPLE = `C:Q1yhJHGSZ80L7cL0y4UKKGrBPwrUQ=
P:busybox
V:1.24.2-r9
A:x86_64
L:GPL2
o:busybox-origin
D:so:libc.musl-x86_64.so.1
F:bin
R:busybox
a:0:0:755
Z:Q1KUwsFGLHn/enpN9+QIpK/FmixtQ=
F:etc
R:securetty
R:busybox-paths.d/busybox

P:musl
V:1.1.14-r10

`;

catalogerContract(apk, { example: { path: DATABASE, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof apk.read> {
  return apk.read({ path: DATABASE, bytes: Buffer.from(text) });
}

test('what a package needs and provides are names, without versions, repositories and conflicts', () => {
  const [record] =
    read('P:a\nV:1\nD:b>=1.2 c~3 !d so:libz.so.1=1 e@edge  b<2 a /bin/sh\np:cmd:a=1-r0 so:liba.so.1\nm:A B <a@b>\n')
      .packages ?? [];
  assert.deepEqual(record?.requires, ['b', 'c', 'so:libz.so.1', 'e', '/bin/sh']);
  assert.deepEqual(record?.provides, ['cmd:a', 'so:liba.so.1']);
  assert.equal(record?.vendor, 'A B <a@b>');
});

test('a block becomes a package with its origin, licence and files', () => {
  assert.deepEqual(read(EXAMPLE).packages, [
    {
      type: 'apk',
      name: 'busybox',
      version: '1.24.2-r9',
      source: { name: 'busybox-origin', version: '1.24.2-r9' },
      architecture: 'x86_64',
      requires: ['so:libc.musl-x86_64.so.1'],
      licenses: ['GPL2'],
    },
    {
      type: 'apk',
      name: 'musl',
      version: '1.1.14-r10',
      source: { name: 'musl', version: '1.1.14-r10' },
      licenses: [],
    },
  ]);
  assert.deepEqual(read(EXAMPLE).owned, [
    {
      package: 'busybox',
      files: hashesOf('bin/busybox', 'etc/securetty', 'etc/busybox-paths.d/busybox'),
      contents: hashesOf(
        `bin/busybox${Buffer.from('KUwsFGLHn/enpN9+QIpK/FmixtQ=', 'base64').toString('hex').slice(0, 16)}`,
      ),
    },
  ]);
});

function hashesOf(...paths: readonly string[]): string {
  const hashes = new PathHashes();
  paths.forEach((path) => hashes.add(Buffer.from(path)));
  return hashes.toText();
}

test('files stay below the root and in the folder of their own package', () => {
  const found = read(
    'P:a\nV:1\nF:usr/../../etc\nR:../../x\nR:.\nR:a//b\nR:\nR:y/z\nF:\nR:top\nF:lib\n\nP:b\nV:1\nR:stray\n',
  );
  assert.deepEqual(
    found.owned?.map(({ files }) => files),
    [hashesOf('etc/y/z', 'top'), hashesOf('stray')],
  );
  assert.deepEqual(found.unknowns, ['line 4 and 3 more: expected the path of a file below its folder, found another']);
});

test('a package without a version stays, one without a name is an unknown', () => {
  const found = read('P:a\n\nV:1\n\nrubbish\n\nP:b\r\nV:2\r\n\r\n');
  assert.deepEqual(
    found.packages?.map((record) => [record.name, record.version]),
    [
      ['a', ''],
      ['b', '2'],
    ],
  );
  assert.deepEqual(found.unknowns, [
    'line 3 and 1 more: expected a package with a name (P:), found one without',
    'line 5: expected a letter and a colon, found neither',
  ]);
});

test('a database without a single package is an unknown', () => {
  assert.deepEqual(read('\n'), { packages: [], unknowns: ['expected at least one package, found an empty database'] });
});

test('a database cannot make more of its file names than a limit', () => {
  const long = read(`P:a\nV:1\nF:${'a/'.repeat(3000)}\nR:x\nF:b\nR:y\n`);
  assert.deepEqual(long.owned, [{ package: 'a', files: hashesOf('b/y') }]);
  assert.deepEqual(long.unknowns, ['line 4: expected a file name of at most 4096 bytes, found a longer one']);
  const endless = `P:a\nV:1\nF:${'a'.repeat(1 << 20)}\n${'R:x\n'.repeat(64)}`;
  const found = read(endless);
  assert.equal(found.owned, undefined);
  assert.match(found.unknowns?.[0] ?? '', /^line 4 and 63 more: /);
});

type Row = readonly [name: string, version: string, source: string, architecture: string];

/** The test's own reader: no code in common with the cataloger. */
function rowsOf(database: string): readonly Row[] {
  return database.split('\n\n').flatMap((block) => {
    const field = (letter: string): string =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${letter}:`))
        ?.slice(2) ?? '';
    return field('P') === '' ? [] : [[field('P'), field('V'), field('o') || field('P'), field('A')] as const];
  });
}

function rowOf(record: PackageRecord): Row {
  return [record.name, record.version, record.source?.name ?? '', record.architecture ?? ''];
}

const LEAST_PACKAGES: ReadonlyMap<string, number> = new Map([
  ['pkgdb/alpine-3.4-with-faults', 16],
  ['pkgdb/alpine-3.7.0', 11],
  ['rootfs/alpine-3.8.5-x86_64.tar.gz', 13],
  ['rootfs/alpine-3.10.9-x86_64.tar.gz', 14],
  ['rootfs/alpine-3.14.10-x86_64.tar.gz', 14],
  ['rootfs/alpine-3.18.9-x86_64.tar.gz', 15],
  ['rootfs/alpine-3.20.3-aarch64.tar.gz', 14],
  ['rootfs/alpine-3.20.3-x86_64.tar.gz', 14],
]);

test('every Alpine equals its own database', { skip: missing('shared-data', 'gnu-tar') }, () => {
  const there = ['pkgdb', 'rootfs'].flatMap((folder) => readdirSync(data(folder)).map((name) => `${folder}/${name}`));
  assert.deepEqual(there.filter((path) => path.includes('/alpine-')).toSorted(), [...LEAST_PACKAGES.keys()].toSorted());
  for (const [path, least] of LEAST_PACKAGES) {
    const bytes = path.endsWith('.tar.gz')
      ? execFileSync('tar', ['-xzOf', data(path), `./${DATABASE}`], { maxBuffer: 1 << 24 })
      : readFileSync(data(`${path}/${DATABASE}`));
    const found = apk.read({ path: DATABASE, bytes });
    assert.ok((found.packages?.length ?? 0) >= least, `${path}: ${found.packages?.length ?? 0} packages`);
    assert.deepEqual(found.packages?.map(rowOf), rowsOf(bytes.toString()), path);
    assert.equal(found.unknowns, undefined);
  }
});
