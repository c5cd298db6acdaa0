import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { zipArchive } from '#test/fixtures/zip-archive.ts';
import { catalogerContract } from '../contract.ts';
import { yarnPnp } from './index.ts';

evidence(
  'catalogers/yarn-pnp',
  'real tool',
  'what Yarn 2, 3 and 4 installed, as yarn info lists it (test/e2e/npm-installed.test.ts)',
);

const STATE = 'app/.pnp.cjs';
const CACHED = 'app/.yarn/cache/a-npm-1.0.0-abc-def.zip';

type Dependency = readonly [name: string, target: string | null | readonly string[]];

function stateOf(
  ...packages: readonly (readonly [name: string | null, reference: string | null, ...needs: readonly Dependency[]])[]
): string {
  const packageRegistryData = packages.map(([name, reference, ...packageDependencies]) => [
    name,
    [[reference, { packageLocation: './', packageDependencies, linkType: 'HARD' }]],
  ]);
  return JSON.stringify({ __info: ["Don't \\ touch"], packageRegistryData }, null, 2);
}

/** As Yarn 4 writes it. */
function quoted(json: string): Buffer {
  const text = json.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\\n');
  return Buffer.from(`#!/usr/bin/env node\n"use strict";\n\nconst RAW_RUNTIME_STATE =\n'${text}';\n\nconst x = 'y';\n`);
}

/** As Yarn 3 writes it. */
function parsed(json: string): Buffer {
  const [, text = ''] = quoted(json).toString().split("RAW_RUNTIME_STATE =\n'");
  const [state = ''] = text.split("';\n", 1);
  return Buffer.from(`  return hydrateRuntimeState(JSON.parse('${state}'), {basePath: basePath || __dirname});\n`);
}

/** As Yarn 2 writes it. */
function plain(json: string): Buffer {
  const text = json.replaceAll('"HARD"', '"HARD",').replaceAll('\n', '\n  ');
  return Buffer.from(
    `function $$SETUP_STATE(h, b) {\n  return hydrateRuntimeState(${text}, {basePath: basePath || __dirname});\n}\n`,
  );
}

const EXAMPLE = stateOf(
  [null, null, ['a', 'npm:1.0.0']],
  [
    'a',
    'npm:1.0.0',
    ['a', 'npm:1.0.0'],
    ['@s/b', 'virtual:ab#npm:2.0.0'],
    ['alias', ['c', 'npm:3.0.0-rc.1']],
    ['peer', null],
  ],
  ['@s/b', 'virtual:ab#npm:2.0.0', ['c', 'npm:3.0.0-rc.1']],
  ['@s/b', 'virtual:cd#npm:2.0.0', ['d', 'patch:d@npm%3A4.0.0#optional!builtin<compat/d>::version=4.0.0&hash=abc']],
  ['c', 'npm:3.0.0-rc.1'],
  ['d', 'patch:d@npm%3A4.0.0#optional!builtin<compat/d>::version=4.0.0&hash=abc'],
  ['own', 'workspace:packages/own', ['a', 'npm:1.0.0']],
);

catalogerContract(
  // A state file says no licences, an archive does.
  { ...yarnPnp, capabilities: { ...yarnPnp.capabilities, licenses: false } },
  { example: { path: STATE, bytes: quoted(EXAMPLE) } },
);

function read(bytes: Uint8Array, path = STATE): ReturnType<typeof yarnPnp.read> {
  return yarnPnp.read({ path, bytes });
}

test('state files and archives of the cache are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [STATE, true],
    ['.pnp.cjs', true],
    ['.pnp.js', true],
    ['app/.pnp.data.json', true],
    [CACHED, true],
    ['.yarn/cache/a.zip', true],
    ['my.pnp.cjs', false],
    ['app/.pnp.loader.mjs', false],
    ['x.yarn/cache/a.zip', false],
    ['app/.yarn/cache/deep/a.zip', false],
    ['app/a.zip', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(yarnPnp.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a state file of any version says what each package loads', () => {
  const patched = 'd@patch:d@npm%3A4.0.0#optional!builtin<compat/d>::version=4.0.0&hash=abc';
  const expected = [
    {
      name: 'a',
      version: '1.0.0',
      requires: ['@s/b@virtual:ab#npm:2.0.0', 'c@npm:3.0.0-rc.1'],
      provides: ['a@npm:1.0.0'],
    },
    {
      name: '@s/b',
      version: '2.0.0',
      requires: ['c@npm:3.0.0-rc.1', patched],
      provides: ['@s/b@virtual:ab#npm:2.0.0', '@s/b@virtual:cd#npm:2.0.0'],
    },
    { name: 'c', version: '3.0.0-rc.1', provides: ['c@npm:3.0.0-rc.1'] },
    { name: 'd', version: '4.0.0', provides: [patched] },
  ].map((record) => ({ type: 'npm', licenses: [], ...record }));
  for (const bytes of [quoted(EXAMPLE), parsed(EXAMPLE), plain(EXAMPLE), Buffer.from(EXAMPLE)]) {
    assert.deepEqual(read(bytes), { packages: expected });
  }
});

test('a package that has its version nowhere but in itself is an unknown', () => {
  const references = [
    'https://example.org/a.tgz',
    'file:./a#./a.tgz::hash=1',
    'npm:a/b',
    'virtual:ab',
    'patch:a@npm%3A1#x',
  ];
  const found = read(quoted(stateOf(...references.map((reference) => ['a', reference] as const))));
  assert.deepEqual(found.packages, []);
  assert.deepEqual(found.unknowns, ['packages without a version: 5, the first "a@https://example.org/a.tgz"']);
});

test('what is no state is an error', () => {
  const texts = ['', "const RAW_RUNTIME_STATE =\n'{\\\n", 'return hydrateRuntimeState({', '{}', '[]', 'null'];
  for (const text of texts) {
    assert.throws(() => read(Buffer.from(text)), { object: STATE }, text);
  }
});

test('an archive of the cache has a package, and perhaps others in it', () => {
  const json = (name: string, version: string): string =>
    JSON.stringify({ name, version, license: 'MIT', dependencies: { x: '1' } });
  const archive = zipArchive([
    { name: 'node_modules/a/package.json', content: json('a', '1.0.0') },
    { name: 'node_modules/a/node_modules/@s/b/package.json', content: json('@s/b', '2.0.0') },
    { name: 'node_modules/a/dist/package.json', content: '{}' },
    { name: 'node_modules/a/test/node_modules/c/package.json', content: json('c', '3.0.0') },
  ]);
  assert.deepEqual(read(archive, CACHED), {
    packages: [
      { type: 'npm', name: 'a', version: '1.0.0', licenses: ['MIT'], within: 'node_modules/a/package.json' },
      {
        type: 'npm',
        name: '@s/b',
        version: '2.0.0',
        licenses: ['MIT'],
        within: 'node_modules/a/node_modules/@s/b/package.json',
      },
    ],
  });
  const empty = zipArchive([{ name: 'a/package.json', content: json('a', '1.0.0') }]);
  assert.throws(() => read(empty, CACHED), { code: 'PACKAGE_METADATA_INVALID', object: CACHED });
  assert.throws(() => read(Buffer.from('x'), CACHED), { code: 'ZIP_INVALID', object: CACHED });
});
