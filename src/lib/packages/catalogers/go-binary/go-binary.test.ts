import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { type GoProgram, goProgram } from '#test/fixtures/go-program.ts';
import { elfProgram, machOProgram, peProgram } from '#test/fixtures/programs.ts';
import { isElfProgram } from '../../executables/elf.ts';
import { catalogerContract } from '../contract.ts';
import { releaseVersion } from './go-release.ts';
import { goBinary } from './index.ts';
import { parseModules } from './parse-modules.ts';

evidence('catalogers/go-binary', 'self-made', 'programs of a few hundred bytes, in every layout of ELF');

const PATH = 'usr/bin/program';

catalogerContract(goBinary, { example: { path: PATH, bytes: goProgram() } });

function read(bytes: Uint8Array): ReturnType<typeof goBinary.read> {
  return goBinary.read({ path: PATH, bytes });
}

function packagesOf(changes: Partial<GoProgram>): readonly string[] {
  return (read(goProgram(changes)).packages ?? []).map((record) => `${record.name} ${record.version}`);
}

const LAYOUTS: readonly Partial<GoProgram>[] = ([32, 64] as const).flatMap((bits) =>
  [false, true].flatMap((bigEndian) =>
    (['inline', 'pointed'] as const).flatMap((strings) =>
      [false, true].map((sections) => ({ bits, bigEndian, strings, sections })),
    ),
  ),
);

test('every layout of word size, byte order, strings and headers gives the same modules', () => {
  assert.equal(LAYOUTS.length, 16);
  for (const layout of LAYOUTS) {
    const expected = ['stdlib 1.22.3', 'example.com/a v1.0.0', 'example.com/b v1.2.3'];
    assert.deepEqual(packagesOf(layout), expected, JSON.stringify(layout));
  }
});

test('a program cut off anywhere never passes for one without modules', () => {
  for (const layout of LAYOUTS) {
    const bytes = goProgram(layout);
    for (let length = 20; length < bytes.length; length += 1) {
      const code = /^(ELF_INVALID|GO_BUILD_INFO_INVALID)$/;
      assert.throws(() => read(bytes.subarray(0, length)), { code }, `${JSON.stringify(layout)} cut at ${length}`);
    }
  }
});

test('only executables and shared libraries are accepted', () => {
  const head = goProgram().subarray(0, 64);
  for (const [type, accepted] of [
    [1, false],
    [2, true],
    [3, true],
    [4, false],
  ] as const) {
    const changed = Buffer.from(head);
    changed.writeUInt16LE(type, 16);
    assert.equal(isElfProgram(changed), accepted, `type ${type}`);
  }
  assert.equal(isElfProgram(Buffer.from('#!/bin/sh\n')), false);
  assert.equal(isElfProgram(head.subarray(0, 3)), false);
  assert.deepEqual(read(Buffer.from('#!/bin/sh\n')), {});
});

test('files without an execute bit are not wanted', () => {
  for (const [mode, wanted] of [
    [0o755, true],
    [0o100, true],
    [0o001, true],
    [0o644, false],
  ] as const) {
    assert.equal(goBinary.wants({ path: PATH, mode, size: 1e6 }), wanted, mode.toString(8));
  }
});

test('a program without the magic is none of Go, unless its sections say that it is', () => {
  const other = goProgram({ sections: false });
  other.write('\xff Gone', other.indexOf('\xff Go buildinf:', 'latin1'), 'latin1');
  assert.deepEqual(read(other), {});
  const stripped = goProgram();
  stripped.write('\xff Gone', stripped.indexOf('\xff Go buildinf:', 'latin1'), 'latin1');
  assert.throws(() => read(stripped), { code: 'GO_BUILD_INFO_INVALID' });
});

test('the magic counts only where the linker aligns it', () => {
  const bytes = goProgram({ sections: false, modules: 'path\tcmd/a\nbuild\tx=\xff Go buildinf:\n' });
  const first = bytes.indexOf('\xff Go buildinf:', 'latin1');
  bytes[first] = 0;
  assert.deepEqual(read(bytes), {});
});

test('strings that lead outside the file are an error', () => {
  const pointer = goProgram({ strings: 'pointed' });
  const header = pointer.indexOf('\xff Go buildinf:', 'latin1');
  for (const value of [1n, 0xffff_ffff_ffff_ffffn, 0x40_0000n]) {
    const changed = Buffer.from(pointer);
    changed.writeBigUInt64LE(value, header + 16);
    assert.throws(() => read(changed), /GO_BUILD_INFO|build information/, String(value));
  }
  const inline = goProgram();
  inline.fill(0xff, header + 32, header + 42);
  assert.throws(() => read(inline), { code: 'LIMIT_EXCEEDED' });
  const noVersion = goProgram({ version: '' });
  assert.throws(() => read(noVersion), { code: 'GO_BUILD_INFO_INVALID' });
  const noMarks = goProgram();
  noMarks.write('x', noMarks.indexOf('\n0123456789abcdef'), 'latin1');
  assert.throws(() => read(noMarks), { code: 'GO_BUILD_INFO_INVALID' });
});

test('Go releases are versions as Go advisories write them', () => {
  const releases = [
    ['go1.22.3', '1.22.3'],
    ['go1.22', '1.22.0'],
    ['go1', '1.0.0'],
    ['go1.24rc2', '1.24.0-rc.2'],
    ['go1.9beta1', '1.9.0-beta.1'],
    ['go1.22.1 X:boringcrypto', '1.22.1'],
    ['go1.22.1-X:nocoverageredesign', '1.22.1'],
    ['go1.22.1-custom', '1.22.1'],
    ['go1.21.5 (Red Hat 1.21.5-1)', '1.21.5'],
    ['go1.26-devel_7e1d0d0f Mon', ''],
    ['devel go1.23-8c8b61df55 Mon Jan 1', ''],
    ['go1.22.3.4', ''],
    ['go1.22.x', ''],
    ['go1.22rc', ''],
    ['gopher', ''],
    ['1.22.3', ''],
    ['', ''],
  ] as const;
  for (const [written, expected] of releases) {
    assert.equal(releaseVersion(written), expected, written);
  }
});

test('the main module counts when its version is a release', () => {
  const versions: readonly (readonly [string, boolean])[] = [
    ['v1.2.3', true],
    ['v2.0.0+incompatible', true],
    ['v1.2.3+dirty', true],
    ['v1.2.3-rc.1', true],
    ['v1.2.3-0123456789ab', true],
    ['(devel)', false],
    ['', false],
    ['v0.0.0-20240102150405-0123456789ab', false],
    ['v1.2.4-0.20240102150405-0123456789ab', false],
    ['v1.2.4-rc.1.0.20240102150405-0123456789ab+dirty', false],
  ];
  for (const [version, counts] of versions) {
    const found = packagesOf({ modules: `path\texample.com/a\nmod\texample.com/a\t${version}\t\n` });
    assert.deepEqual(found, counts ? ['stdlib 1.22.3', `example.com/a ${version}`] : ['stdlib 1.22.3'], version);
  }
});

test('the main module has the version that the build put into its own variable', () => {
  const flags: readonly (readonly [flags: string, version: string | null])[] = [
    ['"-s -w -X main.version=1.2.3"', 'v1.2.3'],
    ['"-X=main.Version=v1.2.3-rc.1 -s"', 'v1.2.3-rc.1'],
    ['"--X main.version=v1.2.3"', 'v1.2.3'],
    ['"-X \'main.version=v1.2.3\' -X \\"main.date=a day\\""', 'v1.2.3'],
    ['-X=main.version=1.2.3', 'v1.2.3'],
    ['"-X example.com/a/internal/version.Version=1.2.3"', 'v1.2.3'],
    ['"-X example.com/a/version.version=1.2.3 -X main.version=1.2.3"', 'v1.2.3'],
    ['"-X example.com/a/version.version=1.2.3 -X main.version=1.2.4"', null],
    ['"-X example.com/a/internal/build.Version=1.2.3 -X example.com/a/cmd.version=v1.2.3"', 'v1.2.3'],
    ['"-X example.com/a/cmd.Version=1.2.3 -X example.com/a/common.version=1.2.4"', null],
    ['"-X example.com/b/cmd.Version=1.2.3"', null],
    ['"-X example.com/ab/version.Version=1.2.3"', null],
    ['"-X example.com/b/version.Version=1.2.3"', null],
    ['"-X example.com/a/config.Version=1.2.3"', null],
    ['"-X main.apiVersion=1.2.3"', null],
    ['"-X main.versions=1.2.3"', null],
    ['"-X main.version=1.2"', null],
    ['"-X main.version=1.2.3-14-g0123abc"', null],
    ['"-X main.version=v1.2.3-dirty"', null],
    ['"-X main.version=v1.2.4-0.20240102150405-0123456789ab"', null],
    ['"-X main.version=0.0.0-dev"', null],
    ['"-X main.version=latest"', null],
    ['"-X main.version="', null],
    ['"-X \'main.version=1.2.3"', null],
    ['"-X main.version=1.2.3', null],
    ['"-X main.version=1.2.3 \\x20"', null],
    ['"-X"', null],
    ['', null],
  ];
  for (const [written, version] of flags) {
    const modules = `path\texample.com/a\nmod\texample.com/a\t(devel)\t\nbuild\t-ldflags=${written}\n`;
    const expected = version === null ? ['stdlib 1.22.3'] : ['stdlib 1.22.3', `example.com/a ${version}`];
    assert.deepEqual(packagesOf({ modules }), expected, written);
  }
});

test('a variable does not count where Go knew the release, or where it is of another major version', () => {
  const build = 'build\t-ldflags="-X main.version=1.2.3"';
  for (const [module, expected] of [
    ['example.com/a\tv1.0.0', 'example.com/a v1.0.0'],
    ['example.com/a\tv1.0.1-0.20240102150405-0123456789ab', 'example.com/a v1.2.3'],
    ['example.com/a/v1\t(devel)', 'example.com/a/v1 v1.2.3'],
    ['example.com/a/v2\t(devel)', undefined],
    ['example.com/a/v12\t(devel)', undefined],
  ] as const) {
    assert.equal(packagesOf({ modules: `path\tx.y/a\nmod\t${module}\t\n${build}\n` })[1], expected, module);
  }
});

test('a replacement is what was built in', () => {
  const modules = [
    'path\texample.com/a',
    'mod\texample.com/a\t(devel)\t',
    'dep\texample.com/b\tv1.0.0',
    '=>\texample.com/fork\tv1.1.0\th1:x=',
    'dep\texample.com/c\tv1.0.0',
    '=>\t./local\t(devel)\t',
    'dep\texample.com/d\t(devel)\t',
    'dep\texample.com/e\tv0.0.0-20240102150405-0123456789ab\th1:x=',
    '',
  ].join('\n');
  assert.deepEqual(packagesOf({ modules }), [
    'stdlib 1.22.3',
    'example.com/fork v1.1.0',
    'example.com/c ',
    'example.com/d ',
    'example.com/e v0.0.0-20240102150405-0123456789ab',
  ]);
});

test('lines that are no module are unknowns, and the others stand', () => {
  const list = parseModules(
    '=>\ta\tv1\n\ndep\tb\ndep\tc\tv1.0.0\tsum\textra\n=>\td\tv1\tsum\ndep\te\tv1.0.0\nbuild\tx=y\nnoise\n',
  );
  assert.deepEqual(
    list.dependencies.map((module) => module.path),
    ['e'],
  );
  assert.deepEqual(list.unknowns, [
    'line 1 and 1 more: expected a module before its replacement in the build information',
    'line 3 and 1 more: expected a module with path and version in the build information',
  ]);
});

test('a program that names no modules says so, unless it is of the standard library', () => {
  for (const modules of [null, 'path\tgithub.com/a/b\nbuild\tGOOS=linux\n']) {
    assert.equal(read(goProgram({ modules })).unknowns?.length, 1);
  }
  for (const modules of ['path\tcmd/go\n', 'path\tcommand-line-arguments\n']) {
    assert.equal(read(goProgram({ modules })).unknowns, undefined);
  }
});

test('a packed program is an unknown, and one that only has the name of the packer somewhere is not', () => {
  const reason = ['a program packed by UPX: what it was built from cannot be seen in it'];
  const stub = (content: string): ReadonlyMap<string, Uint8Array> =>
    new Map([['stub', Buffer.from(content, 'latin1')]]);
  for (const program of [elfProgram, machOProgram, peProgram]) {
    for (const bits of [32, 64] as const) {
      assert.deepEqual(read(program({ bits, sections: stub('\0\0\0\0UPX!\x10\x05\x0d\x16') })).unknowns, reason);
      assert.deepEqual(read(program({ bits, sections: stub(`${' '.repeat(2000)}UPX!`) })), {});
    }
  }
  const renamed = new Map([
    ['UPX0', Buffer.from('a')],
    ['UPX1', Buffer.from('b')],
  ]);
  assert.deepEqual(read(peProgram({ sections: renamed })).unknowns, reason);
});
