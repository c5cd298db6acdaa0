import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { evidence } from '#test/evidence.ts';
import { debianBinary } from '#test/fixtures/debian-packages.ts';
import { universalProgram } from '#test/fixtures/programs.ts';
import { installNpmPackage } from '#test/fixtures/registry-packages.ts';
import { zipArchive } from '#test/fixtures/zip-archive.ts';
import { missing } from '#test/prerequisites.ts';

import { parsePrograms } from '../../executables/programs.ts';
import { goBinary } from './index.ts';
import { parseBuildInfo } from './parse-build-info.ts';
import { type GoModule, parseModules } from './parse-modules.ts';

evidence('catalogers/go-binary', 'real tool', 'published and freshly built programs, listed by go version -m');

const run = promisify(execFile);
const work = mkdtempSync(join(tmpdir(), 'plimsoll-go-'));
after(() => rmSync(work, { recursive: true, force: true }));

interface Listing {
  readonly goVersion: string;
  /** `mod`, `dep` and `=>` lines: the word, the path, the version. */
  readonly lines: readonly string[];
}

/** As `go version -m` prints it. */
async function listedByGo(file: string): Promise<Listing> {
  const { stdout } = await run('go', ['version', '-m', file]);
  const [first = '', ...rest] = stdout.split('\n');
  const columns = rest.map((line) => line.split('\t').slice(1, 4));
  return {
    goVersion: first.slice(file.length + 2),
    lines: columns.filter(([word = '']) => ['mod', 'dep', '=>'].includes(word)).map((line) => line.join(' ')),
  };
}

function listedByUs(bytes: Uint8Array): Listing {
  const [program] = parsePrograms(bytes, 'program');
  const info = program === undefined ? null : parseBuildInfo(program, 'program');
  assert.ok(info !== null);
  const list = parseModules(info.modules);
  const lines = (word: string, module: GoModule): readonly string[] => [
    `${word} ${module.path} ${module.version}`,
    ...(module.replacement === null ? [] : lines('=>', module.replacement)),
  ];
  return {
    goVersion: info.goVersion,
    lines: [
      ...(list.main === null ? [] : lines('mod', list.main)),
      ...list.dependencies.flatMap((m) => lines('dep', m)),
    ],
  };
}

/** Compares the program with the oracle and returns what was read. */
async function assertAsGoLists(file: string): Promise<Listing> {
  const bytes = await readFile(file);
  assert.ok(goBinary.accepts?.(bytes.subarray(0, 64)));
  const ours = listedByUs(bytes);
  assert.deepEqual(ours, await listedByGo(file), file);
  const records = goBinary.read({ path: 'program', bytes }).packages ?? [];
  const dependencies = ours.lines.filter((line) => line.startsWith('dep '));
  assert.ok(records.length === dependencies.length + 1 || records.length === dependencies.length + 2);
  return ours;
}

/** An npm package that carries a program. */
function program(name: string, version: string, path: string): string {
  return resolve(installNpmPackage(name, version, join(work, `${name}-${version}`)), path);
}

const root = resolve(import.meta.dirname, '../../../../..');

test('published programs list their modules as go version -m does', { skip: missing('go', 'gnu-tar') }, async () => {
  const files = [
    program('lefthook-linux-x64', '2.2.2', 'bin/lefthook'),
    program('lefthook-linux-arm64', '2.2.2', 'bin/lefthook'),
    resolve(root, 'node_modules/@oxlint-tsgolint/linux-x64/tsgolint'),
    resolve(root, 'node_modules/@typescript/typescript-linux-x64/lib/tsc'),
  ];
  const lines: string[] = [];
  for (const file of files) {
    lines.push(...(await assertAsGoLists(file)).lines);
  }
  assert.ok(lines.filter((line) => line.startsWith('dep ')).length >= 100, `${lines.length} lines`);
  assert.ok(lines.filter((line) => line.startsWith('=> ')).length >= 10);
});

test('programs of Go before 1.18 keep their strings behind pointers', { skip: missing('go', 'gnu-tar') }, async () => {
  const programs = [
    ...['64', '32', 's390x'].map((machine) => program(`esbuild-linux-${machine}`, '0.14.20', 'bin/esbuild')),
    ...['64', '32'].map((machine) => program(`esbuild-windows-${machine}`, '0.14.20', 'esbuild.exe')),
    ...['64', 'arm64'].map((machine) => program(`esbuild-darwin-${machine}`, '0.14.20', 'bin/esbuild')),
  ];
  let dependencies = 0;
  for (const file of programs) {
    const listing = await assertAsGoLists(file);
    assert.equal(listing.goVersion, 'go1.17.6');
    assert.ok(listing.lines.some((line) => line.startsWith('mod github.com/evanw/esbuild ')));
    // Programs of Windows need it not.
    dependencies += listing.lines.filter((line) => line.startsWith('dep golang.org/x/sys ')).length;
  }
  assert.ok(dependencies >= 3);
});

const DEBIAN: readonly (readonly [name: string, path: string])[] = [
  ['age', 'usr/bin/age'],
  ['buildah', 'usr/bin/buildah'],
  ['direnv', 'usr/bin/direnv'],
  ['fzf', 'usr/bin/fzf'],
  ['gocryptfs', 'usr/bin/gocryptfs'],
  ['gron', 'usr/bin/gron'],
  ['podman', 'usr/bin/podman'],
  ['pup', 'usr/bin/pup'],
  ['skopeo', 'usr/bin/skopeo'],
];

test('Debian’s programs are built without modules, and we say so', { skip: missing('go', 'apt') }, async () => {
  for (const [name, path] of DEBIAN) {
    const file = await debianBinary(name, path);
    const listing = await assertAsGoLists(file);
    const found = goBinary.read({ path, bytes: await readFile(file) });
    assert.equal(found.packages?.[0]?.name, 'stdlib');
    assert.equal(found.unknowns?.length ?? 0, listing.lines.length === 0 ? 1 : 0, name);
  }
});

const SOURCES: Readonly<Record<string, string>> = {
  'go.mod':
    'module example.com/hello\n\ngo 1.20\n\nrequire example.com/dep v1.2.3\n\nreplace example.com/dep => ./dep\n',
  'main.go': 'package main\n\nimport "example.com/dep"\n\nfunc main() { println(dep.Name) }\n',
  'dep/go.mod': 'module example.com/dep\n\ngo 1.20\n',
  'dep/dep.go': 'package dep\n\nconst Name = "dep"\n',
};

async function build(name: string, flags: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const folder = join(work, 'hello');
  mkdirSync(join(folder, 'dep'), { recursive: true });
  for (const [path, text] of Object.entries(SOURCES)) {
    writeFileSync(join(folder, path), text);
  }
  const plain = { GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', GOPROXY: 'off', GOFLAGS: '', GOTOOLCHAIN: 'local' };
  const file = join(work, name);
  await run('go', ['build', ...flags, '-o', file, '.'], {
    cwd: folder,
    env: { ...process.env, ...plain, ...environment },
  });
  return file;
}

test('programs that Go builds here list their modules as go version -m does', { skip: missing('go') }, async () => {
  const builds: readonly (readonly [string, readonly string[], NodeJS.ProcessEnv])[] = [
    ['plain', [], {}],
    ['stripped', ['-ldflags=-s -w'], {}],
    ['trimmed', ['-trimpath'], {}],
    ['pie', ['-buildmode=pie'], {}],
    ['arm64', [], { GOARCH: 'arm64' }],
    ['386', [], { GOARCH: '386' }],
    ['s390x', [], { GOARCH: 's390x' }],
    ['windows-amd64', [], { GOOS: 'windows' }],
    ['windows-386', ['-ldflags=-s -w'], { GOOS: 'windows', GOARCH: '386' }],
    ['darwin-amd64', ['-ldflags=-s -w'], { GOOS: 'darwin' }],
    ['darwin-arm64', [], { GOOS: 'darwin', GOARCH: 'arm64' }],
  ];
  for (const [name, flags, environment] of builds) {
    const { lines } = await assertAsGoLists(await build(name, flags, environment));
    assert.deepEqual(lines.slice(1), ['dep example.com/dep v1.2.3', '=> ./dep (devel)'], name);
  }
});

test('a universal program of macOS has the modules of all its parts', { skip: missing('go') }, async () => {
  const parts: Buffer[] = [];
  for (const GOARCH of ['amd64', 'arm64']) {
    parts.push(await readFile(await build(`part-${GOARCH}`, [], { GOOS: 'darwin', GOARCH })));
  }
  const bytes = universalProgram(parts);
  const file = join(work, 'universal');
  writeFileSync(file, bytes, { mode: 0o755 });
  await assertAsGoLists(file);
  const { packages = [] } = goBinary.read({ path: 'universal', bytes });
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['stdlib', 'example.com/dep'],
  );
});

const PSEUDO = 'v0.0.0-20240102150405-0123456789ab';

/** A folder as a module proxy serves it, with modules of one line. */
function moduleProxy(modules: Readonly<Record<string, string>>): string {
  const folder = join(work, 'proxy');
  for (const [path, version] of Object.entries(modules)) {
    const versions = join(folder, path, '@v');
    const mod = `module ${path}\n\ngo 1.20\n`;
    const name = path.slice(path.lastIndexOf('/') + 1);
    mkdirSync(versions, { recursive: true });
    writeFileSync(join(versions, `${version}.mod`), mod);
    writeFileSync(
      join(versions, `${version}.info`),
      JSON.stringify({ Version: version, Time: '2024-01-02T15:04:05Z' }),
    );
    const files = { 'go.mod': mod, [`${name}.go`]: `package ${name}\n\nconst Name = "${path}"\n` };
    const entries = Object.entries(files).map(([file, content]) => ({ name: `${path}@${version}/${file}`, content }));
    writeFileSync(join(versions, `${version}.zip`), zipArchive(entries));
  }
  return folder;
}

test('replacements, pseudo-versions, a version of the linker and experiments', { skip: missing('go') }, async () => {
  const proxy = moduleProxy({
    'example.com/fork': 'v1.4.0',
    'example.com/pseudo': PSEUDO,
    'example.com/plain': 'v1.0.1',
  });
  const folder = join(work, 'all');
  const sources: Readonly<Record<string, string>> = {
    'go.mod': [
      'module example.com/all/v3',
      'go 1.20',
      'require (',
      '\texample.com/local v1.0.0',
      '\texample.com/old v1.3.0',
      '\texample.com/plain v1.0.1',
      `\texample.com/pseudo ${PSEUDO}`,
      ')',
      'replace (',
      '\texample.com/local => ./local',
      '\texample.com/old => example.com/fork v1.4.0',
      ')',
      '',
    ].join('\n'),
    'main.go':
      'package main\n\nimport (\n\t"example.com/local"\n\tfork "example.com/old"\n\t"example.com/plain"\n\t"example.com/pseudo"\n)\n\nvar version = "dev"\n\nfunc main() { println(version, local.Name, fork.Name, plain.Name, pseudo.Name) }\n',
    'local/go.mod': 'module example.com/local\n\ngo 1.20\n',
    'local/local.go': 'package local\n\nconst Name = "local"\n',
  };
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const file = join(work, 'all-program');
  const environment = {
    GOOS: 'linux',
    GOARCH: 'amd64',
    CGO_ENABLED: '0',
    GOPROXY: `file://${proxy}`,
    GOSUMDB: 'off',
    GOFLAGS: '-mod=mod -modcacherw',
    GOMODCACHE: join(work, 'modules'),
    GOTOOLCHAIN: 'local',
    GOEXPERIMENT: 'fieldtrack',
  };
  await run('go', ['build', '-ldflags=-s -X main.version=3.2.1', '-o', file, '.'], {
    cwd: folder,
    env: { ...process.env, ...environment },
  });
  const { goVersion, lines } = await assertAsGoLists(file);
  assert.match(goVersion, /[ -]X:fieldtrack/);
  assert.deepEqual(lines, [
    'mod example.com/all/v3 (devel)',
    'dep example.com/local v1.0.0',
    '=> ./local (devel)',
    'dep example.com/old v1.3.0',
    '=> example.com/fork v1.4.0',
    'dep example.com/plain v1.0.1',
    `dep example.com/pseudo ${PSEUDO}`,
  ]);
  const { packages = [], unknowns } = goBinary.read({ path: 'program', bytes: await readFile(file) });
  const [release = ''] = goVersion.slice(2).split(/[ -]/, 1);
  assert.equal(unknowns, undefined);
  assert.deepEqual(
    packages.map(({ name, version }) => `${name} ${version}`),
    [
      `stdlib ${release}`,
      'example.com/all/v3 v3.2.1',
      'example.com/local ',
      'example.com/fork v1.4.0',
      'example.com/plain v1.0.1',
      `example.com/pseudo ${PSEUDO}`,
    ],
  );
});

test('a real program without its section headers', { skip: missing('go') }, async () => {
  const bytes = await readFile(await build('bare', [], {}));
  const bare = Buffer.from(bytes);
  bare.writeBigUInt64LE(0n, 40);
  assert.deepEqual(listedByUs(bare), listedByUs(bytes));
});

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');

test('a real program that is cut off, or whose information was removed, is never one of no modules', {
  skip: missing('go'),
}, async () => {
  for (const GOOS of ['linux', 'windows', 'darwin']) {
    const bytes = await readFile(await build(`cut-${GOOS}`, [], { GOOS }));
    const whole = listedByUs(bytes);
    let refused = 0;
    for (let step = 1; step < 40; step += 1) {
      const part = bytes.subarray(0, Math.floor((bytes.length * step) / 40));
      try {
        assert.deepEqual(listedByUs(part), whole);
      } catch (error) {
        assert.match(String((error as { code?: unknown }).code), /^((ELF|PE|MACHO)_INVALID|GO_BUILD_INFO_INVALID)$/);
        refused += 1;
      }
    }
    assert.ok(refused > 0);

    const without = Buffer.from(bytes);
    for (let at = without.indexOf(MAGIC); at !== -1; at = without.indexOf(MAGIC)) {
      without.fill(0, at, at + MAGIC.length);
    }
    assert.throws(() => listedByUs(without), { code: 'GO_BUILD_INFO_INVALID' }, GOOS);
    if (GOOS === 'linux') {
      // Without section headers a note of the linker still says that it is a Go program.
      without.writeBigUInt64LE(0n, 40);
      assert.throws(() => listedByUs(without), { code: 'GO_BUILD_INFO_INVALID' });
    }
  }
});
