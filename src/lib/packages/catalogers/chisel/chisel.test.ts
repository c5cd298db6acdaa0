import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { PathHashes } from '#base/path-hash.ts';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { chisel } from './index.ts';

evidence('catalogers/chisel', 'self-made', 'manifests of the form that the documentation of Chisel describes');

const PATH = 'var/lib/chisel/manifest.wall';
const NO_SOURCES = 'expected the source package of each package, found a manifest, which never names it';

const ENTRIES: readonly unknown[] = [
  { kind: 'content', slice: 'hello_bins', path: '/usr/bin/hello' },
  { kind: 'package', name: 'hello', version: '2.10-2ubuntu4', sha256: '75', arch: 'amd64' },
  { kind: 'package', name: 'libc6', version: '2.35-0ubuntu3.8', sha256: '76', arch: 'amd64' },
  { kind: 'path', path: '/etc/', mode: '0755', slices: ['libc6_config', 'hello_bins'] },
  {
    kind: 'path',
    path: '/etc/both',
    mode: '0644',
    slices: ['libc6_config', 'hello_bins', 'hello_more'],
    sha256: '01',
    size: 1,
  },
  { kind: 'path', path: '/lib64/ld.so', mode: '0777', slices: ['libc6_libs'], link: '/lib/ld.so' },
  { kind: 'path', path: '/usr/bin/hello', mode: '0755', slices: ['hello_bins'], sha256: '02', size: 1 },
  { kind: 'slice', name: 'hello_bins' },
];

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

catalogerContract(chisel, { example: { path: PATH, bytes: wall(ENTRIES) }, unknowns: [NO_SOURCES] });

test('a manifest has packages, and files by the packages of their slices', () => {
  assert.deepEqual(read(wall(ENTRIES)), {
    packages: [
      { type: 'deb', name: 'hello', version: '2.10-2ubuntu4', architecture: 'amd64', licenses: [] },
      { type: 'deb', name: 'libc6', version: '2.35-0ubuntu3.8', architecture: 'amd64', licenses: [] },
    ],
    owned: [
      { package: 'libc6', files: hashesOf('etc/both', 'lib64/ld.so') },
      { package: 'hello', files: hashesOf('etc/both', 'usr/bin/hello') },
    ],
    unknowns: [NO_SOURCES],
  });
});

test('it is wanted wherever it is, when it begins as zstd does', () => {
  const wanted = (path: string): boolean => chisel.wants({ path, mode: 0o644, size: 1 });
  assert.ok(wanted(PATH) && wanted('opt/own/manifest.wall') && !wanted('srv/x-manifest.wall'));
  assert.equal(chisel.accepts?.(wall(ENTRIES)), true);
  assert.equal(chisel.accepts?.(Buffer.from('{"jsonwall":"1.0"}')), false);
  assert.equal(chisel.accepts?.(Buffer.from('28b5', 'hex')), false);
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
  assert.deepEqual(reasonsOf(wall([package_, []])), ['line 3: expected a JSON object, found something else']);
  const large = 'line 3: expected a path of at most 16 packages and 4096 bytes, found a larger one';
  assert.deepEqual(reasonsOf(wall([package_, { kind: 'path', path: `/${'x'.repeat(4096)}`, slices: ['a_b'] }])), [
    large,
  ]);
  const slices = Array.from({ length: 17 }, (_, index) => `p${index}_s`);
  assert.deepEqual(reasonsOf(wall([package_, { kind: 'path', path: '/x', slices }])), [large]);
  assert.deepEqual(reasonsOf(wall([])), ['expected at least one package, found an empty database']);
});

test('what is no manifest is an error', () => {
  const whole = wall(ENTRIES);
  const cases = [
    whole.subarray(0, whole.length - 1),
    compress(''),
    compress('{}\n'),
    compress('{"jsonwall":"1.0","schema":"2.0","count":1}\n'),
    compress('rubbish\n'),
  ];
  for (const bytes of cases) {
    assert.throws(() => read(bytes), { code: 'PACKAGE_METADATA_INVALID', object: PATH });
  }
  const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024 + 1));
  assert.throws(() => read(bomb), { code: 'LIMIT_EXCEEDED', object: PATH });
});

test('any lines give a result or an error', () => {
  const member = fc.constantFrom('kind', 'name', 'path', 'slices', 'version', '__proto__');
  const value = fc.oneof(
    fc.constantFrom('package', 'path', 'a', '/', '/a', 'a_b', '_'),
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
