import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { dotnetBundle as bundle } from '#test/fixtures/dotnet-bundle.ts';
import { catalogerContract } from '../contract.ts';
import { dotnetBundle } from './index.ts';

evidence('catalogers/dotnet-bundle', 'self-made', 'bundles of all versions, after the design of .NET’s bundler');

const PATH = 'app/shop';
const TARGET = '.NETCoreApp,Version=v8.0/linux-x64';
const LIST = JSON.stringify({
  runtimeTarget: { name: TARGET },
  targets: {
    [TARGET]: {
      'Shop/1.0.0': { dependencies: { Serilog: '3.1.1' }, runtime: { 'Shop.dll': {} } },
      'Serilog/3.1.1': { runtime: { 'lib/net6.0/Serilog.dll': {} } },
    },
  },
  libraries: { 'Shop/1.0.0': { type: 'project' }, 'Serilog/3.1.1': { type: 'package' } },
});

catalogerContract(dotnetBundle, { example: { path: PATH, bytes: bundle({ major: 6, list: LIST }) } });

function read(bytes: Uint8Array): ReturnType<typeof dotnetBundle.read> {
  return dotnetBundle.read({ path: PATH, bytes });
}

test('the list is found in bundles of every version and in every format', () => {
  for (const format of ['ELF', 'PE', 'Mach-O'] as const) {
    for (const major of [1, 2, 6]) {
      const { packages = [], unknowns } = read(bundle({ major, format, list: LIST }));
      assert.equal(unknowns, undefined);
      assert.deepEqual(
        packages.map((item) => [item.name, item.version]),
        [['Serilog', '3.1.1']],
        `${format} ${major}`,
      );
    }
  }
});

test('a bundle without a list is an unknown, a host without a bundle nothing', () => {
  for (const major of [1, 2, 6]) {
    assert.deepEqual(read(bundle({ major, list: null })), {
      unknowns: ['an application of .NET in one file that has no list of its libraries'],
    });
  }
  const host = bundle({ major: 6, list: LIST });
  host.fill(0, host.indexOf('state') + 5, host.indexOf('state') + 13);
  assert.deepEqual(read(host), {});
  assert.deepEqual(read(Buffer.from('#!/bin/sh\n')), {});
});

test('a header that contradicts the file is an error', () => {
  for (const [why, change] of [
    ['a version that is not known', (bytes: Buffer, at: number) => bytes.writeUInt32LE(7, at)],
    ['a list behind the end', (bytes: Buffer, at: number) => bytes.writeUInt32LE(bytes.length, at + 21)],
    ['a list longer than any file', (bytes: Buffer, at: number) => bytes.writeBigInt64LE(-1n, at + 29)],
    ['a name longer than the file', (bytes: Buffer, at: number) => bytes.writeUInt32LE(0x7f_ff_ff, at + 12)],
    ['a length without an end', (bytes: Buffer, at: number) => bytes.fill(0xff, at + 12, at + 16)],
    ['a header behind the end', (bytes: Buffer) => bytes.writeUInt32LE(bytes.length, bytes.indexOf('state') + 5)],
  ] as const) {
    const bytes = bundle({ major: 6, list: LIST });
    change(bytes, Number(bytes.readBigUInt64LE(bytes.indexOf('state') + 5)));
    assert.throws(() => read(bytes), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, why);
  }
  const many = bundle({ major: 1, list: LIST });
  many.writeUInt32LE(0xffff_ffff, Number(many.readBigUInt64LE(many.indexOf('state') + 5)) + 8);
  assert.throws(() => read(many), { code: 'PACKAGE_METADATA_INVALID' });
});
