import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { LIMITS } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { elfProgram, machOProgram, peProgram, universalProgram } from '#test/fixtures/programs.ts';
import { catalogerContract } from '../contract.ts';
import { rustBinary } from './index.ts';

evidence(
  'catalogers/rust-binary',
  'self-made',
  'programs of a few hundred bytes, in every layout of ELF, PE and Mach-O',
);

const PATH = 'usr/bin/program';

const CRATES: unknown = {
  packages: [
    { name: 'app', version: '0.1.0', source: 'local', dependencies: [1, 2, 3], root: true },
    { name: 'cc', version: '1.0.0', source: 'crates.io', kind: 'build', dependencies: [2] },
    { name: 'libc', version: '0.2.1', source: 'crates.io' },
    { name: 'syn', version: '2.0.0', source: 'git', dependencies: [4] },
    { name: 'syn', version: '1.0.0', source: 'registry' },
  ],
};

function sections(list: unknown): ReadonlyMap<string, Uint8Array> {
  return new Map([['.dep-v0', deflateSync(JSON.stringify(list))]]);
}

function read(bytes: Uint8Array): ReturnType<typeof rustBinary.read> {
  return rustBinary.read({ path: PATH, bytes });
}

catalogerContract(rustBinary, { example: { path: PATH, bytes: elfProgram({ sections: sections(CRATES) }) } });

test('every format, word size and byte order gives the crates with what they need', () => {
  const programs: readonly (readonly [string, Uint8Array])[] = ([32, 64] as const).flatMap((bits) => [
    [`PE ${bits}`, peProgram({ bits, sections: sections(CRATES) })] as const,
    ...[false, true].flatMap((bigEndian) => [
      [`ELF ${bits} ${bigEndian}`, elfProgram({ bits, bigEndian, sections: sections(CRATES) })] as const,
      [`Mach-O ${bits} ${bigEndian}`, machOProgram({ bits, bigEndian, sections: sections(CRATES) })] as const,
    ]),
  ]);
  assert.equal(programs.length, 10);
  for (const [name, bytes] of programs) {
    const found = read(bytes);
    assert.equal(found.unknowns, undefined, name);
    assert.deepEqual(
      found.packages?.map((record) => [record.name, record.version, record.requires ?? []]),
      [
        ['app', '0.1.0', ['libc 0.2.1', 'syn 2.0.0']],
        ['libc', '0.2.1', []],
        ['syn', '2.0.0', ['syn 1.0.0']],
        ['syn', '1.0.0', []],
      ],
      name,
    );
  }
});

test('a universal program has the crates of all its parts, each once', () => {
  const other = {
    packages: [
      { name: 'app', version: '0.1.0', root: true, dependencies: [1] },
      { name: 'mach', version: '1.0.0' },
    ],
  };
  const parts = [CRATES, other].map((list) => machOProgram({ sections: sections(list) }));
  for (const bits of [32, 64] as const) {
    const { packages = [], unknowns } = read(universalProgram(parts, bits));
    assert.equal(unknowns, undefined);
    assert.deepEqual(
      packages.map((record) => record.name),
      ['app', 'libc', 'syn', 'syn', 'mach'],
    );
    assert.deepEqual(packages[0]?.requires, ['libc 0.2.1', 'syn 2.0.0', 'mach 1.0.0']);
  }
});

test('crates that cannot be told are unknowns, and the others stand', () => {
  const found = read(
    elfProgram({
      sections: sections({
        packages: [
          { name: 'a', version: '1.0.0', dependencies: [1, 7, -1, 0.5, '0'] },
          { name: 'b' },
          null,
          { name: '', version: '1.0.0' },
          { name: 'c', version: '1.0.0', dependencies: {} },
        ],
      }),
    }),
  );
  assert.deepEqual(
    found.packages?.map((record) => [record.name, record.requires]),
    [
      ['a', undefined],
      ['c', undefined],
    ],
  );
  assert.deepEqual(found.unknowns, [
    'crate 1 and 1 more: expected dependencies to be places in the list of crates',
    'crate 2 and 2 more: expected a name and a version in the list of crates',
  ]);
  assert.deepEqual(read(elfProgram({ sections: sections({ packages: [] }) })).unknowns, [
    'a list of crates without any',
  ]);
});

test('a list that is damaged, too large or none is an error, and no list is no finding', () => {
  const bomb = deflateSync(Buffer.alloc(LIMITS.packageMetadataBytes + 1, 0x20));
  const raw: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['not zlib', Buffer.from('{"packages":[]}'), /^PACKAGE_METADATA_INVALID$/],
    ['cut off', sections(CRATES).get('.dep-v0')?.subarray(0, 40) ?? Buffer.alloc(0), /^PACKAGE_METADATA_INVALID$/],
    ['a bomb', bomb, /^PACKAGE_METADATA_INVALID$/],
    ['not JSON', deflateSync('packages'), /^JSON_INVALID$/],
    ['no packages', deflateSync('{"a":[]}'), /^PACKAGE_METADATA_INVALID$/],
    ['an array', deflateSync('[]'), /^PACKAGE_METADATA_INVALID$/],
  ];
  for (const [name, content, code] of raw) {
    const bytes = elfProgram({ sections: new Map([['.dep-v0', content]]) });
    assert.throws(
      () => read(bytes),
      (error: { code?: unknown; object?: unknown }) => code.test(String(error.code)) && error.object === PATH,
      name,
    );
  }
  assert.deepEqual(read(elfProgram({ sections: new Map([['.text', Buffer.alloc(8)]]) })), {});
});

test('programs of Windows need no execute bit', () => {
  for (const [path, mode, wanted] of [
    ['app/a.exe', 0o644, true],
    ['app/a.dll', 0o644, true],
    ['app/a.pyd', 0o644, true],
    ['app/a', 0o755, true],
    ['app/a', 0o644, false],
  ] as const) {
    assert.equal(rustBinary.wants({ path, mode, size: 1000 }), wanted, path);
  }
});
