import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { composer } from './index.ts';

const run = promisify(execFile);

evidence(
  'catalogers/composer',
  'real tool',
  'packages that Composer installed, as composer show and composer licenses list them',
);

const PATH = 'srv/app/vendor/composer/installed.json';
const PACKAGES = [
  {
    name: 'Acme/Log',
    version: 'v2.1.0',
    version_normalized: '2.1.0.0',
    type: 'library',
    require: { php: '>=7.2', 'ext-json': '*', 'acme/Clock': '^1.0', 'acme/log': '*' },
    'require-dev': { 'acme/tests': '*' },
    provide: { 'psr/log-implementation': '1.0' },
    replace: { 'acme/old-log': 'self.version' },
    license: ['MIT'],
    'install-path': '../acme/log',
  },
  { name: 'acme/clock', version: 'dev-main', license: 'BSD-3-Clause' },
];
const EXAMPLE = JSON.stringify({ packages: PACKAGES, dev: true, 'dev-package-names': [] });
const RECORDS = [
  {
    type: 'composer',
    name: 'acme/log',
    version: 'v2.1.0',
    requires: ['acme/clock'],
    provides: ['psr/log-implementation', 'acme/old-log'],
    licenses: ['MIT'],
  },
  { type: 'composer', name: 'acme/clock', version: 'dev-main', licenses: ['BSD-3-Clause'] },
];

catalogerContract(composer, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof composer.read> {
  return composer.read({ path: PATH, bytes: Buffer.from(text) });
}

test('a list is wanted wherever the vendor folder is', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['usr/share/php-vendor/composer/installed.json', true],
    ['srv/app/vendor/composer/installed.php', false],
    ['srv/app/composer.lock', false],
    ['srv/app/vendor/acme/composer-tool/installed.json', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(composer.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a list of Composer 1 is the array, and one of Composer 2 has it as a member', () => {
  assert.deepEqual(read(EXAMPLE), { packages: RECORDS });
  assert.deepEqual(read(JSON.stringify(PACKAGES)), { packages: RECORDS });
  assert.deepEqual(read('[]'), { packages: [] });
});

test('what is no package with a name is an unknown, and the others are there', () => {
  const items: readonly unknown[] = [null, 'a/b', {}, { name: 'acme' }, { name: 'a b/c' }, { name: '/c' }, { name: 1 }];
  const reason = 'expected an object with a name of the form vendor/name';
  for (const item of items) {
    assert.deepEqual(
      read(JSON.stringify([item, ...PACKAGES])),
      { packages: RECORDS, unknowns: [`package 1: ${reason}`] },
      JSON.stringify(item),
    );
  }
  assert.deepEqual(read(JSON.stringify(items)), { packages: [], unknowns: [`package 1 and 6 more: ${reason}`] });
});

test('a version that is no text, or past all bounds, is an empty one', () => {
  for (const version of [undefined, null, 1, '', 'v'.repeat(2000)]) {
    assert.equal(read(JSON.stringify([{ name: 'a/b', version }])).packages?.[0]?.version, '');
  }
});

test('what is no list is an error', () => {
  for (const text of ['', 'x', '1', '{}', '{"packages":{}}', 'null']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
  assert.throws(() => read(`[${'0,'.repeat(250_000)}0]`), { code: 'LIMIT_EXCEEDED', object: PATH });
});

/** Twelve packages, with what they need, in folders that a repository of Composer points to. */
const SOURCES = [
  { name: 'Plimsoll/Alpha', version: 'v1.2.3', license: 'MIT', require: { php: '>=7.2', 'plimsoll/beta': '*' } },
  { name: 'plimsoll/beta', version: '2.0.0-RC1', license: ['MIT', 'GPL-2.0-or-later'] },
  { name: 'plimsoll/gamma_one', version: 'dev-main', license: '(LGPL-2.1-only or GPL-3.0-or-later)' },
  { name: 'plimsoll/delta', version: '1.2.3.4', replace: { 'plimsoll/old-delta': 'self.version' } },
  { name: 'plimsoll/meta', version: '3.0', type: 'metapackage', require: { 'plimsoll/old-delta': '1.*' } },
  ...Array.from({ length: 7 }, (_, index) => ({
    name: `many.more/part-${index}`,
    version: `0.${index}.0`,
    license: 'proprietary',
  })),
];

test('packages that Composer installs are those that it lists', { skip: missing('composer') }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-composer-'));
  try {
    const repositories = SOURCES.map((source, index) => {
      mkdirSync(join(folder, `source-${index}`));
      writeFileSync(join(folder, `source-${index}/composer.json`), JSON.stringify(source));
      return source.type === 'metapackage'
        ? { type: 'package', package: source }
        : { type: 'path', url: `source-${index}`, options: { symlink: false } };
    });
    const require = Object.fromEntries(SOURCES.map(({ name }) => [name.toLowerCase(), '*@dev']));
    const project = { name: 'plimsoll/project', require, repositories: [...repositories, { 'packagist.org': false }] };
    writeFileSync(join(folder, 'composer.json'), JSON.stringify(project));
    const env = {
      ...process.env,
      HOME: folder,
      COMPOSER_HOME: join(folder, 'home'),
      COMPOSER_ALLOW_SUPERUSER: '1',
      COMPOSER_DISABLE_NETWORK: '1',
      COMPOSER_ROOT_VERSION: '1.0.0',
    };
    const composerRun = async (...args: readonly string[]): Promise<string> =>
      (await run('composer', [...args, '--no-interaction', '--no-plugins'], { cwd: folder, env })).stdout;
    await composerRun('update', '--no-scripts', '--no-audit');

    const found = composer.read({ path: PATH, bytes: readFileSync(join(folder, 'vendor/composer/installed.json')) });
    assert.equal(found.unknowns, undefined);
    const listed = JSON.parse(await composerRun('licenses', '--format=json')) as {
      readonly dependencies: Readonly<
        Record<string, { readonly version: string; readonly license: readonly string[] }>
      >;
    };
    // As they are written there; two that differ in case alone are one to Composer.
    const ours = (found.packages ?? []).map(({ name, version, licenses }) => [name, version, ...licenses].join(' '));
    const theirs = Object.entries(listed.dependencies).map(([name, { version, license }]) =>
      [name.toLowerCase(), version, ...license].join(' '),
    );
    assert.deepEqual(ours.toSorted(), theirs.toSorted());
    assert.equal(ours.length, SOURCES.length);
    const shown = JSON.parse(await composerRun('show', '--format=json')) as {
      readonly installed: readonly { readonly name: string; readonly version: string }[];
    };
    assert.deepEqual(
      (found.packages ?? []).map(({ name, version }) => `${name} ${version}`).toSorted(),
      shown.installed.map(({ name, version }) => `${name.toLowerCase()} ${version}`).toSorted(),
    );
    const needs = new Map((found.packages ?? []).map(({ name, requires }) => [name, requires]));
    assert.deepEqual(needs.get('plimsoll/alpha'), ['plimsoll/beta']);
    t.diagnostic(`${ours.length} packages`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
