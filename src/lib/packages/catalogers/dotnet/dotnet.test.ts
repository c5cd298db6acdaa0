import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { dotnet } from './index.ts';

evidence('catalogers/dotnet', 'self-made', 'lists of libraries after the specification of .NET’s SDK');

const PATH = 'app/Shop.deps.json';
const TARGET = '.NETCoreApp,Version=v8.0';

interface Library {
  readonly type?: unknown;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly dependencies?: unknown;
}

function deps(libraries: Readonly<Record<string, Library | null>>, changes: object = {}): Buffer {
  const entries = Object.entries(libraries);
  const target: Readonly<Record<string, unknown>> = Object.fromEntries(
    entries.map(([key, library]) => [
      key,
      library === null
        ? null
        : { ...library.files, ...(library.dependencies === undefined ? {} : { dependencies: library.dependencies }) },
    ]),
  );
  const file = {
    runtimeTarget: { name: TARGET, signature: '' },
    compilationOptions: {},
    targets: { [TARGET]: target },
    libraries: Object.fromEntries(
      entries.map(([key, library]) => [key, { type: library?.type ?? 'package', sha512: '' }]),
    ),
    ...changes,
  };
  return Buffer.from(JSON.stringify(file));
}

const FILES = { runtime: { 'lib/net8.0/A.dll': { assemblyVersion: '1.0.0.0', fileVersion: '1.2.3.4' } } };

const RUNTIME = 'Microsoft.NETCore.App.Runtime.linux-x64';

const EXAMPLE: Readonly<Record<string, Library>> = {
  'Shop/1.0.0': { type: 'project', files: { runtime: { 'Shop.dll': {} } }, dependencies: { 'Serilog.Sinks': '2.0.0' } },
  'Serilog.Sinks/2.0.0': { files: FILES, dependencies: { Serilog: '3.1.1', 'System.Buffers': '4.5.1' } },
  'Serilog/3.1.1': { files: FILES },
  'System.Buffers/4.5.1': {},
  'Meta/1.0.0': { dependencies: { Serilog: '3.1.1' } },
  [`runtimepack.${RUNTIME}/8.0.1`]: {
    type: 'runtimepack',
    files: { native: { 'libcoreclr.so': { fileVersion: '0.0.0.0' } } },
  },
};

catalogerContract(dotnet, { example: { path: PATH, bytes: deps(EXAMPLE) } });

function read(bytes: Uint8Array): ReturnType<typeof dotnet.read> {
  return dotnet.read({ path: PATH, bytes });
}

function namesOf(bytes: Uint8Array): readonly string[] {
  return (read(bytes).packages ?? []).map(({ name, version }) => `${name} ${version}`);
}

test('packages that leave files behind are listed, with exactly what they need', () => {
  const { packages = [], unknowns } = read(deps(EXAMPLE));
  assert.equal(unknowns, undefined);
  assert.deepEqual(
    packages.map(({ name, version, requires, provides }) => [name, version, requires, provides]),
    [
      ['Serilog.Sinks', '2.0.0', ['serilog/3.1.1', 'system.buffers/4.5.1'], ['serilog.sinks/2.0.0']],
      ['Serilog', '3.1.1', undefined, ['serilog/3.1.1']],
      [RUNTIME, '8.0.1', undefined, [`${RUNTIME.toLowerCase()}/8.0.1`]],
    ],
  );
});

test('files of every kind count, placeholders do not', () => {
  for (const [files, counts] of [
    [{ runtime: { 'lib/a.dll': {} } }, true],
    [{ native: { 'a.so': {} } }, true],
    [{ resources: { 'lib/de/a.resources.dll': { locale: 'de' } } }, true],
    [{ runtimeTargets: { 'runtimes/win/lib/a.dll': { rid: 'win', assetType: 'runtime' } } }, true],
    [{ compile: { 'ref/a.dll': {} } }, false],
    [{ runtime: { 'lib/netstandard2.0/_._': {} } }, false],
    [{ runtime: { '_._': {} } }, false],
    [{ runtime: {} }, false],
    [{ runtime: null }, false],
    [{}, false],
  ] as const) {
    assert.deepEqual(namesOf(deps({ 'A/1.0.0': { files } })), counts ? ['A 1.0.0'] : [], JSON.stringify(files));
  }
});

test('only packages and runtime packs are packages', () => {
  for (const [type, counts] of [
    ['package', true],
    ['runtimepack', true],
    ['project', false],
    ['reference', false],
    ['referenceassembly', false],
  ] as const) {
    assert.equal(namesOf(deps({ 'A/1.0.0': { type, files: FILES } })).length, counts ? 1 : 0, type);
  }
});

test('the target is the one that the runtime takes', () => {
  const other = { 'B/1.0.0': FILES };
  const targets = { [TARGET]: {}, [`${TARGET}/linux-x64`]: other };
  const libraries = { 'B/1.0.0': { type: 'package' } };
  assert.deepEqual(namesOf(deps({}, { targets, libraries })), []);
  const name = `${TARGET}/linux-x64`;
  assert.deepEqual(namesOf(deps({}, { targets, libraries, runtimeTarget: { name } })), ['B 1.0.0']);
  assert.deepEqual(namesOf(deps({}, { targets, libraries, runtimeTarget: name })), ['B 1.0.0']);
});

test('a byte order mark does not matter', () => {
  assert.deepEqual(namesOf(Buffer.concat([Buffer.from('\ufeff'), deps({ 'A/1.0.0': { files: FILES } })])), ['A 1.0.0']);
});

test('libraries that cannot be told are unknowns, and the others stand', () => {
  const bytes = deps({
    'A/1.0.0': { files: FILES },
    NoVersion: { files: FILES },
    '/1.0.0': { files: FILES },
    'NoName/': { files: FILES },
    'NoType/1.0.0': { files: FILES, type: 7 },
    'Null/1.0.0': null,
  });
  assert.deepEqual(namesOf(bytes), ['A 1.0.0']);
  assert.deepEqual(read(bytes).unknowns, [
    'library 2 and 4 more: expected a type, and a name and a version with a slash between',
  ]);
});

test('a file without libraries or the target is an error', () => {
  for (const changes of [
    { libraries: undefined },
    { targets: undefined },
    { targets: [] },
    { runtimeTarget: undefined },
    { runtimeTarget: { name: 'other' } },
    { runtimeTarget: { name: '__proto__' } },
  ]) {
    const bytes = deps(EXAMPLE, changes);
    assert.throws(() => read(bytes), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, JSON.stringify(changes));
  }
  for (const text of ['null', '[]', '"a"', '1']) {
    assert.throws(() => read(Buffer.from(text)), { code: 'PACKAGE_METADATA_INVALID' }, text);
  }
});
