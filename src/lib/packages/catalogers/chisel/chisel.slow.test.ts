import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { DIGEST_HEAD } from '#base/content-hash.ts';
import { AppError } from '#base/error.ts';
import { PathHashes, readPathHashes } from '#base/path-hash.ts';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { chisel } from './index.ts';

evidence(
  'catalogers/chisel',
  'real tool',
  'a manifest that Chisel wrote, kept with the script that had it written; dpkg-deb and sha256sum say what is in it',
);

const PATH = 'var/lib/chisel/manifest.wall';
const NO_SOURCES = 'expected the source package of each package, found a manifest, which never names it';

const fixture = resolve(import.meta.dirname, '../../../../../test/fixtures/chisel');
const MANIFEST = readFileSync(resolve(fixture, 'manifest.wall'));
const ROOT = readFileSync(resolve(fixture, 'root.txt'), 'utf8').trim().split('\n');

function wall(entries: readonly unknown[], count = entries.length + 1): Buffer {
  const lines = [{ jsonwall: '1.0', schema: '1.0', count }, ...entries];
  return compress(lines.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}

function compress(text: string): Buffer {
  return zstdCompressSync(Buffer.from(text));
}

function read(bytes: Uint8Array): ReturnType<typeof chisel.read> {
  return chisel.read({ path: PATH, bytes });
}

function hashesOf(...paths: readonly string[]): string {
  const hashes = new PathHashes();
  paths.forEach((path) => hashes.add(Buffer.from(path)));
  return hashes.toText();
}

/** In no order: whose file it is comes first. */
function hashSet(texts: readonly string[]): ReadonlySet<string> {
  const pairs = texts.flatMap((text) => {
    const numbers = readPathHashes(text);
    return Array.from({ length: numbers.length / 2 }, (_, index) => `${numbers[2 * index]} ${numbers[2 * index + 1]}`);
  });
  assert.equal(new Set(pairs).size, pairs.length);
  return new Set(pairs);
}

catalogerContract(chisel, { example: { path: PATH, bytes: MANIFEST }, unknowns: [NO_SOURCES] });

test('a manifest of Chisel has the packages that dpkg-deb shows, and their sources are unknown', () => {
  const shown = ROOT.filter((line) => line.startsWith('package ')).map((line) => line.split(' ').slice(1));
  assert.equal(shown.length, 3);
  assert.deepEqual(
    read(MANIFEST).packages,
    shown.map(([name, version, architecture]) => ({ type: 'deb', name, version, architecture, licenses: [] })),
  );
  assert.deepEqual(read(MANIFEST).unknowns, [NO_SOURCES]);
});

test('a manifest of Chisel has the files of its root folder, with the digests that they have there', () => {
  const { owned = [] } = read(MANIFEST);
  const files = ROOT.filter((line) => /^[0-9a-f]{64} /.test(line)).map((line) => [line.slice(66), line.slice(0, 64)]);
  const links = ROOT.filter((line) => line.startsWith('link ')).map((line) => line.slice('link '.length));
  assert.deepEqual([files.length, links.length], [8, 3]);
  // Chisel says no digest of the manifest itself.
  const paths = [...files.map(([path = '']) => path), ...links, PATH];
  assert.deepEqual(hashSet(owned.map((each) => each.files)), hashSet([hashesOf(...paths)]));
  const contents = files.map(([path = '', digest = '']) => path + digest.slice(0, DIGEST_HEAD));
  assert.deepEqual(hashSet(owned.map((each) => each.contents ?? '')), hashSet([hashesOf(...contents)]));
});

test('a file belongs to the package of its first slice, and has the digest that it has after a slice changed it', () => {
  const [before, after] = ['1'.repeat(64), '2'.repeat(64)];
  const entries = [
    { kind: 'package', name: 'a', version: '1:2-3', sha256: before, arch: 'amd64' },
    { kind: 'path', path: '/etc/', mode: '0755', slices: ['a_b'] },
    { kind: 'path', path: '/etc/x', slices: ['a_b', 'c_d'], sha256: before, final_sha256: after },
    { kind: 'path', path: '/etc/y', slices: ['c_d_e'], sha256: before },
    { kind: 'path', path: '/etc/z', slices: ['c_d'], link: '/etc/x' },
    { kind: 'path', path: '/etc/odd', slices: ['c_d'], sha256: 'abc' },
  ];
  assert.deepEqual(read(wall(entries)).owned, [
    { package: 'a', files: hashesOf('etc/x'), contents: hashesOf(`etc/x${after.slice(0, DIGEST_HEAD)}`) },
    {
      package: 'c',
      files: hashesOf('etc/y', 'etc/z', 'etc/odd'),
      contents: hashesOf(`etc/y${before.slice(0, DIGEST_HEAD)}`),
    },
  ]);
});

test('it is wanted wherever it is', () => {
  const wanted = (path: string): boolean => chisel.wants({ path, mode: 0o644, size: 1 });
  assert.ok(wanted(PATH) && wanted('opt/own/manifest.wall') && !wanted('srv/x-manifest.wall'));
});

test('what is not whole is never clean', () => {
  const package_ = { kind: 'package', name: 'a', version: '1' };
  const reasonsOf = (bytes: Buffer): readonly string[] =>
    (read(bytes).unknowns ?? []).filter((each) => each !== NO_SOURCES);
  assert.deepEqual(reasonsOf(wall([package_])), []);
  assert.deepEqual(reasonsOf(wall([package_], 3)), [
    'line 2: expected as many lines as the header says, found more or fewer',
  ]);
  assert.deepEqual(reasonsOf(wall([package_, { kind: 'package' }])), [
    'line 3: expected a package with a name, found one without',
  ]);
  assert.deepEqual(reasonsOf(wall([package_, []])), [
    'line 3: expected a JSON object, found something else, and read no further',
  ]);
  for (const path of [
    { path: `/${'x'.repeat(4096)}`, slices: ['a_b'] },
    { path: 'x', slices: ['a_b'] },
    { path: '/x', slices: [] },
    { path: '/x', slices: ['_b'] },
    { path: '/x', slices: 'a_b' },
  ]) {
    assert.deepEqual(reasonsOf(wall([package_, { kind: 'path', ...path }])), [
      'line 3: expected an absolute path and slices that name packages, found something else',
    ]);
  }
  assert.deepEqual(reasonsOf(wall([])), ['expected at least one package, found an empty database']);
});

test('what is no manifest is an error', () => {
  const cases = [
    new Uint8Array(),
    MANIFEST.subarray(0, MANIFEST.length - 1),
    Buffer.from('{"jsonwall":"1.0","schema":"1.0","count":1}\n'),
    compress(''),
    compress('{}\n'),
    compress('{"jsonwall":"1.0","schema":"2.0","count":1}\n'),
    compress('rubbish\n'),
  ];
  for (const bytes of cases) {
    assert.throws(() => read(bytes), { code: 'PACKAGE_METADATA_INVALID', object: PATH });
  }
  const lines = compress(`{"jsonwall":"1.0","schema":"1.0","count":1}\n${'{}\n'.repeat(4_000_000)}`);
  assert.throws(() => read(lines), { code: 'LIMIT_EXCEEDED', object: PATH });
  const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024 + 1));
  assert.throws(() => read(bomb), { code: 'LIMIT_EXCEEDED', object: PATH });
});

test('any lines give a result or an error', () => {
  const member = fc.constantFrom('kind', 'name', 'path', 'slices', 'version', 'sha256', '__proto__');
  const value = fc.oneof(
    fc.constantFrom('package', 'path', 'a', '/', '/a', 'a_b', '_', '0'.repeat(64)),
    fc.array(fc.constantFrom('a_b', '_b', 'c', 1)),
    fc.integer(),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.dictionary(member, value), fc.jsonValue())), (entries) => {
      try {
        assert.ok((read(wall(entries)).unknowns ?? []).length > 0);
      } catch (error) {
        assert.ok(error instanceof AppError);
      }
    }),
  );
});
