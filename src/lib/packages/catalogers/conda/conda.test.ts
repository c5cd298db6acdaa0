import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packagePurl } from '#model/purl.ts';
import { catalogerContract } from '../contract.ts';
import { conda } from './index.ts';

const PATH = 'opt/conda/conda-meta/zlib-1.3.1-hb9d3cd8_2.json';
const MEMBERS = {
  name: 'zlib',
  version: '1.3.1',
  build: 'hb9d3cd8_2',
  build_number: 2,
  channel: 'https://conda.anaconda.org/t/secret/conda-forge/linux-64',
  subdir: 'linux-64',
  fn: 'zlib-1.3.1-hb9d3cd8_2.conda',
  license: 'Zlib',
  depends: ['__glibc >=2.17,<3.0.a0', 'libgcc >=13', 'libzlib 1.3.1 hb9d3cd8_2', 'ca-certificates>=2024', 'zlib'],
  files: ['lib/libz.so'],
  paths_data: { paths: [{ _path: 'lib/libz.so', name: 'other', version: '9' }] },
};

function file(members: object): Buffer {
  return Buffer.from(JSON.stringify({ ...MEMBERS, ...members }, null, 2));
}

catalogerContract(conda, { example: { path: PATH, bytes: file({}) } });

function read(members: object): ReturnType<typeof conda.read> {
  return conda.read({ path: PATH, bytes: file(members) });
}

const ZLIB = {
  type: 'conda',
  name: 'zlib',
  version: '1.3.1',
  requires: ['__glibc', 'libgcc', 'libzlib', 'ca-certificates'],
  licenses: ['Zlib'],
  qualifiers: { build: 'hb9d3cd8_2', channel: 'conda-forge', subdir: 'linux-64', type: 'conda' },
};

test('records of environments are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['conda-meta/a-1-0.json', true],
    ['opt/conda/envs/x/conda-meta/a-1-0.json', true],
    ['opt/conda/conda-meta/history', false],
    ['opt/conda/pkgs/a-1-0/info/index.json', false],
    ['opt/xconda-meta/a.json', false],
    ['opt/conda-meta/deep/a.json', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(conda.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a record, and its package URL', () => {
  assert.deepEqual(read({}), { packages: [ZLIB] });
  const [record] = read({}).packages ?? [];
  assert.ok(record !== undefined);
  const qualifiers = 'build=hb9d3cd8_2&channel=conda-forge&subdir=linux-64&type=conda';
  assert.equal(packagePurl(record, null), `pkg:conda/zlib@1.3.1?${qualifiers}`);
});

test('a channel is named without its address, and what is not there is left out', () => {
  const channels: readonly (readonly [unknown, string | undefined])[] = [
    ['conda-forge', 'conda-forge'],
    ['https://repo.anaconda.com/pkgs/main/linux-64', 'main'],
    ['https://repo.anaconda.com/pkgs/main', 'main'],
    ['file:///srv/channel/', 'channel'],
    ['', undefined],
    [7, undefined],
    ['https://a/b c', undefined],
  ];
  for (const [channel, expected] of channels) {
    assert.equal(read({ channel }).packages?.[0]?.qualifiers?.['channel'], expected, String(channel));
  }
  const none = { build: null, subdir: undefined, channel: [], fn: 'a.zip', license: '', depends: [1, '', ' '] };
  const { requires: _, ...zlib } = ZLIB;
  assert.deepEqual(read(none), { packages: [{ ...zlib, licenses: [], qualifiers: {} }] });
});

test('a record without a version is an unknown', () => {
  for (const version of [null, 1, '1'.repeat(300)]) {
    assert.deepEqual(read({ version }), {
      packages: [{ ...ZLIB, version: '' }],
      unknowns: ['conda package without a version'],
    });
  }
});

test('what names no package is an error', () => {
  for (const name of [null, 7, '', '../x', 'a b', 'a'.repeat(300)]) {
    assert.throws(() => read({ name }), { code: 'PACKAGE_METADATA_INVALID', object: PATH });
  }
  for (const text of ['[]', '"a"', 'null', '', '{', '{"name":"a","name":"b"}', '['.repeat(100_000)]) {
    assert.throws(() => conda.read({ path: PATH, bytes: Buffer.from(text) }), { object: PATH }, text.slice(0, 40));
  }
});
