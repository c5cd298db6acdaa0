import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { npm } from './index.ts';
import { fileBehind, lookUp, packagePath } from './package-path.ts';

evidence('catalogers/npm', 'real tool', 'the packages that npm installed for this project, as in its own list');

const PATH = 'app/node_modules/lodash/package.json';
const EXAMPLE =
  '{"name": "lodash", "version": "4.17.4", "license": "MIT", "scripts": {"test": "true"}, "files": ["a", "b"]}';

catalogerContract(npm, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string, path = PATH): ReturnType<typeof npm.read> {
  return npm.read({ path, bytes: Buffer.from(text) });
}

test('only the roots of packages below node_modules count', () => {
  const paths: readonly (readonly [string, ReturnType<typeof packagePath>])[] = [
    ['node_modules/a/package.json', 'installed'],
    ['usr/lib/node_modules/npm/package.json', 'installed'],
    ['usr/lib/node_modules/npm/node_modules/a/package.json', 'installed'],
    ['app/node_modules/@s/a/package.json', 'installed'],
    ['app/node_modules/@s/a/node_modules/b/package.json', 'installed'],
    ['app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json', 'installed'],
    ['app/node_modules/.pnpm/a@1.0.0/node_modules/@s/b/package.json', 'installed'],
    ['node_modules/a/test/node_modules/b/package.json', 'embedded'],
    ['node_modules/@s/a/lib/app/node_modules/@t/b/package.json', 'embedded'],
    ['root/.cache/node/corepack/v1/yarn/1.22.22/package.json', 'installed'],
    ['opt/yarn-v1.22.22/package.json', 'installed'],
    ['deno-dir/npm/registry.npmjs.org/a/1.0.0/package.json', 'installed'],
    ['deno-dir/npm/registry.npmjs.org/@s/a/1.0.0-rc.1/package.json', 'installed'],
    ['deno-dir/npm/localhost_4873/a/1.0.0/package.json', 'installed'],
    ['deno-dir/npm/registry.npmjs.org/a/1.0.0/dist/package.json', 'other'],
    ['deno-dir/npm/registry.npmjs.org/a/package.json', 'other'],
    ['srv/npm/lib/a/1.0.0/package.json', 'other'],
    ['srv/npm/registry.npmjs.org/a/src/package.json', 'other'],
    ['root/.bun/install/cache/a@1.0.0@@@1/package.json', 'installed'],
    ['root/.bun/install/cache/@s/a@1.0.0@@@1/package.json', 'installed'],
    ['root/.bun/install/cache/a/1.0.0@@@1/package.json', 'other'],
    ['root/.bun/install/cache/a@1.0.0@@@1/dist/package.json', 'other'],
    ['srv/cache/a@1.0.0@@@1/package.json', 'other'],
    ['opt/corepack/package.json', 'other'],
    ['opt/yarn/package.json', 'other'],
    ['package.json', 'other'],
    ['app/package.json', 'other'],
    ['node_modules/package.json', 'other'],
    ['node_modules/@s/package.json', 'other'],
    ['node_modules/.cache/package.json', 'other'],
    ['node_modules/a/dist/esm/package.json', 'other'],
    ['node_modules/a/test/fixtures/package.json', 'other'],
    ['node_modules/a/package.json/package.json', 'other'],
    ['@s/a/package.json', 'other'],
    ['node_modules/a/package.json5', 'other'],
  ];
  for (const [path, expected] of paths) {
    assert.equal(packagePath(path), expected, path);
    assert.equal(npm.wants({ path, mode: 0o644, size: 1 }), expected !== 'other', path);
  }
});

test('licences are read in all forms that packages use', () => {
  const forms: readonly (readonly [string, readonly string[]])[] = [
    ['"license": "(MIT OR Apache-2.0)"', ['(MIT OR Apache-2.0)']],
    ['"license": {"type": "BSD", "url": "http://x"}', ['BSD']],
    ['"licenses": [{"type": "MIT"}, "GPL-2.0", 5, null, ["x"], {"type": 7}]', ['MIT', 'GPL-2.0']],
    ['"license": ["A", "B"]', ['A', 'B']],
    ['"license": true', []],
    ['"license": "  "', []],
  ];
  for (const [member, expected] of forms) {
    assert.deepEqual(read(`{"name": "a", "version": "1.0.0", ${member}}`).packages?.[0]?.licenses, expected, member);
  }
});

test('what a package needs is what it depends on, optional ones and peers among them', () => {
  const members = [
    '"dependencies": {"b": "1", "@s/c": "npm:d@1", "__proto__": "1", "../../x": "1"}',
    '"peerDependencies": {"e": "*", "b": "*"}',
    '"optionalDependencies": {"f": "1"}',
    '"devDependencies": {"g": "1"}',
  ];
  const [record] = read(`{"name": "a", "version": "1.0.0", ${members.join()}}`).packages ?? [];
  assert.deepEqual(record?.requires, ['@s/c', '__proto__', 'b', 'e', 'f']);
  assert.equal(
    read('{"name": "a", "dependencies": ["b"], "peerDependencies": null}').packages?.[0]?.requires,
    undefined,
  );
});

test('it is looked for as Node looks for it', () => {
  assert.deepEqual(
    [...lookUp('app/node_modules/@s/a/node_modules/b/package.json', '@t/c')],
    [
      'app/node_modules/@s/a/node_modules/b/node_modules/@t/c/package.json',
      'app/node_modules/@s/a/node_modules/@t/c/package.json',
      'app/node_modules/@s/node_modules/@t/c/package.json',
      'app/node_modules/@t/c/package.json',
      'node_modules/@t/c/package.json',
    ],
  );
  assert.deepEqual(
    [...lookUp('node_modules/a/package.json', 'b')],
    ['node_modules/a/node_modules/b/package.json', 'node_modules/b/package.json'],
  );
});

test('links in the place of packages lead to what describes one', () => {
  const links = [
    ['app/node_modules/a', 'app/node_modules/a/package.json'],
    ['app/node_modules/@s/a', 'app/node_modules/@s/a/package.json'],
    ['usr/lib/node_modules/a', 'usr/lib/node_modules/a/package.json'],
    ['app/node_modules/.bin/a', null],
    ['app/node_modules/@s', null],
    ['app/node_modules', null],
    ['app/a', null],
    ['usr/share/nodejs/npm/node_modules/a', null],
  ] as const;
  for (const [link, expected] of links) {
    assert.equal(fileBehind(link), expected, link);
  }
});

test('of what only a link makes a package, private and nameless ones are none', () => {
  const path = 'app/packages/a/package.json';
  assert.equal(read('{"name": "a", "version": "1.0.0"}', path).packages?.length, 1);
  for (const text of ['{"name": "a", "version": "1.0.0", "private": true}', '{"name": "a"}', '{"version": "1.0.0"}']) {
    assert.deepEqual(read(text, path), {}, text);
  }
  assert.equal(read('{"name": "a", "version": "1.0.0", "private": true}').packages?.length, 1);
});

test('a byte order mark and repeated members are read as npm does', () => {
  const record = read('\ufeff{"name": "a", "version": "1.0.0", "version": "2.0.0", "__proto__": {"license": "X"}}')
    .packages?.[0];
  assert.deepEqual(record, { type: 'npm', name: 'a', version: '2.0.0', licenses: [] });
});

test('a version that npm would not take is an empty one', () => {
  for (const version of ['', ', "version": 1', ', "version": null', `, "version": "${'1'.repeat(300)}"`]) {
    assert.equal(read(`{"name": "a"${version}}`).packages?.[0]?.version, '', version);
  }
});

test('what names no package is an error', () => {
  const texts = [
    '',
    '{',
    'null',
    '[]',
    '"a"',
    '{}',
    '{"name": 5, "version": "1.0.0"}',
    '{"name": "", "version": "1.0.0"}',
    '{"name": "../../etc", "version": "1.0.0"}',
    '{"name": "@s", "version": "1.0.0"}',
    '{"name": "@s/a/b", "version": "1.0.0"}',
    `{"name": "${'a'.repeat(215)}", "version": "1.0.0"}`,
    `{"name": "a", "version": "1.0.0", "deep": ${'['.repeat(600)}${']'.repeat(600)}}`,
  ];
  for (const text of texts) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text.slice(0, 60));
  }
});

test('a fixture inside a package that lacks name or version is nobody’s package', () => {
  const path = 'node_modules/resolve/test/node_modules/fixture/package.json';
  assert.deepEqual(read('{"main": "x.js"}', path), {});
  assert.deepEqual(read('{"name": "fixture"}', path), {});
  assert.equal(read('{"name": "fixture", "version": "1.0.0"}', path).packages?.length, 1);
  assert.throws(() => read('{"main": ', path), { code: 'PACKAGE_METADATA_INVALID' });
});

interface HiddenLockfile {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly license?: string }>>;
}

test('the packages of this project are those that npm lists', () => {
  const root = resolve(import.meta.dirname, '../../../../..');
  const lockfile = JSON.parse(readFileSync(resolve(root, 'node_modules/.package-lock.json'), 'utf8')) as HiddenLockfile;
  const listed = Object.entries(lockfile.packages).map(([path, item]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [`${path}/package.json`, name, item.version, item.license ?? ''].join(' ');
  });
  assert.ok(listed.length >= 20);

  const found = globSync('node_modules/**/package.json', { cwd: root })
    .map((path) => relative(root, resolve(root, path)))
    .filter((path) => packagePath(path) === 'installed')
    .flatMap((path) =>
      (npm.read({ path, bytes: readFileSync(resolve(root, path)) }).packages ?? []).map((record) => ({ path, record })),
    );
  assert.deepEqual(
    found.map(({ path, record }) => [path, record.name, record.version, record.licenses.join()].join(' ')).toSorted(),
    listed.toSorted(),
  );
});

const HIDDEN = 'srv/app/node_modules/.package-lock.json';

test('the lock file that npm keeps in its folder is wanted, and no other one', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [HIDDEN, true],
    ['node_modules/.package-lock.json', true],
    ['no_node_modules/.package-lock.json', false],
    ['srv/.package-lock.json', false],
    ['srv/node_modules/package-lock.json', false],
    ['srv/node_modules/a/.package-lock.json', false],
  ];
  for (const [path, expected] of paths) {
    assert.equal(npm.wants({ path, mode: 0o644, size: 1 }), expected, path);
  }
});

test('npm says for each folder from where it got what is in it, without who may get it', () => {
  const version = '1.0.0';
  const packages = {
    'node_modules/a': { version, resolved: 'https://npm.acme.example/a/-/a-1.0.0.tgz', integrity: 'sha512-x' },
    'node_modules/a/node_modules/@s/b': { version, resolved: 'https://me:secret@npm.acme.example/b.tgz?key=secret' },
    'parts/one/node_modules/c': { version, resolved: 'git+ssh://git@code.example/c.git#0123' },
    'node_modules/linked': { resolved: 'parts/linked', link: true },
    'node_modules/archive': { version, resolved: 'file:../archive.tgz' },
    'node_modules/bundled': { version, inBundle: true },
    'node_modules/unversioned': { resolved: 'https://npm.acme.example/a.tgz' },
    'node_modules/odd': { version, resolved: ['https://npm.acme.example/a.tgz'] },
    'node_modules/a/dist': { version, resolved: 'https://npm.acme.example/a.tgz' },
    '../other/node_modules/d': { version, resolved: 'https://npm.acme.example/d.tgz' },
    'x/../../other/node_modules/d': { version, resolved: 'https://npm.acme.example/d.tgz' },
    '/node_modules/d': { version, resolved: 'https://npm.acme.example/d.tgz' },
    'parts/one': { version },
    'node_modules/null': null,
  };
  const found = read(JSON.stringify({ lockfileVersion: 3, packages }), HIDDEN);
  assert.deepEqual(found, {
    origins: [
      { path: 'srv/app/node_modules/a/package.json', version, url: 'https://npm.acme.example/a/-/a-1.0.0.tgz' },
      {
        path: 'srv/app/node_modules/a/node_modules/@s/b/package.json',
        version,
        url: 'https://npm.acme.example/b.tgz',
      },
      {
        path: 'srv/app/parts/one/node_modules/c/package.json',
        version,
        url: 'git+ssh://code.example/c.git#0123',
      },
    ],
  });
});

test('a lock file of npm that is broken says nothing', () => {
  for (const text of ['', '{', '[]', '{}', '{"packages":[]}', '{"packages":{},"packages":{}}', '['.repeat(100_000)]) {
    assert.deepEqual(read(text, HIDDEN), {}, text.slice(0, 40));
  }
});
