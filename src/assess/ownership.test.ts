import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { readImageFacts } from '#lib/layers/index.ts';
import { loadCatalogers } from '#lib/packages/index.ts';
import type { LayersInventory } from '#model/inventory.ts';
import { imageOf, layerOf, memoryFacts } from '#test/fixtures/layers.ts';
import { rpmHeader, sqliteDatabase } from '#test/fixtures/rpm-headers.ts';
import type { TarInput } from '#test/fixtures/tar-writer.ts';
import { assembleInventory } from './inventory.ts';

const catalogers = await loadCatalogers();

const FOLDER = 'usr/share/app';
const MANIFEST = `${FOLDER}/node_modules/a/package.json`;
const OS: TarInput = { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID=12\n' };
const OWNER = 'pkg:deb/debian/app@1-1?distro=debian-12';

const CONTENT = '{"name":"a","version":"1.0.0"}';
const OTHER = '{"name":"a","version":"2.0.0"}';

const module = (path = MANIFEST, content = CONTENT): TarInput => ({ path, content });
const status = (state = 'installed', name = 'app'): TarInput => ({
  path: 'var/lib/dpkg/status',
  content: `Package: ${name}\nStatus: install ok ${state}\nVersion: 1-1\n\nPackage: other\nStatus: install ok installed\nVersion: 2\n`,
});
const list = (name: string, ...paths: readonly string[]): TarInput => ({
  path: `var/lib/dpkg/info/${name}.list`,
  content: paths.map((path) => `/${path}\n`).join(''),
});
const md5sums = (name: string, path = MANIFEST, content = CONTENT): TarInput => ({
  path: `var/lib/dpkg/info/${name}.md5sums`,
  content: `${digestOf('md5', content)}  ${path}\n`,
});
const digestOf = (algorithm: string, content: string, encoding: 'hex' | 'base64' = 'hex'): string =>
  createHash(algorithm).update(content).digest(encoding);
const diversions = (...lines: readonly string[]): TarInput => ({
  path: 'var/lib/dpkg/diversions',
  content: lines.map((line) => `${line}\n`).join(''),
});
const symlink = (path: string, link: string): TarInput => ({ path, type: 'symlink', link });

async function inventoryOf(...layers: readonly (readonly TarInput[])[]): Promise<LayersInventory> {
  const image = imageOf(...layers.map((entries) => layerOf(entries)));
  const facts = await readImageFacts(image, catalogers, { integrity: 'require' });
  return assembleInventory(facts, catalogers);
}

/** The owner of each place that the module is in. */
async function ownersOf(...layers: readonly (readonly TarInput[])[]): Promise<readonly (string | null)[]> {
  const { packages } = await inventoryOf(...layers);
  const places = packages.filter(({ type }) => type === 'npm').flatMap(({ locations }) => locations);
  return places.map(({ ownedBy }) => ownedBy ?? null);
}

test('a module whose file an installed package lists is its own', async () => {
  assert.deepEqual(await ownersOf([OS, module(), status(), list('app', MANIFEST)]), [OWNER]);
  assert.deepEqual(await ownersOf([OS, status(), list('app', MANIFEST)], [module('srv/x')], []), []);
  assert.deepEqual(
    await ownersOf([OS, module(), module('srv/node_modules/a/package.json'), status(), list('app', MANIFEST)]),
    [null, OWNER],
  );
});

test('a list of a package that is not installed, or of none, owns nothing', async () => {
  assert.deepEqual(await ownersOf([OS, module(), status('config-files'), list('app', MANIFEST)]), [null]);
  assert.deepEqual(await ownersOf([OS, module(), list('app', MANIFEST)]), [null]);
  assert.deepEqual(await ownersOf([OS, module(), status(), list('app:arm64', MANIFEST)]), [null]);
  assert.deepEqual(
    await ownersOf([OS, module(), status(), list('app', FOLDER)]),
    [null],
    'a folder is not what is in it',
  );
});

test('a file that an upper layer changed is nobody’s until its package is installed again', async () => {
  const base = [OS, module(), status(), list('app', MANIFEST)];
  assert.deepEqual(await ownersOf(base, [module()]), [null]);
  assert.deepEqual(await ownersOf(base, [module(), list('app', MANIFEST)]), [OWNER]);
  assert.deepEqual(await ownersOf([module()], base), [OWNER]);
});

test('the list that counts is the one in the view', async () => {
  const base = [OS, module(), status(), list('app', MANIFEST)];
  assert.deepEqual(await ownersOf(base, [list('app', 'usr/bin/app')]), [null]);
  assert.deepEqual(await ownersOf(base, [{ path: 'var/lib/dpkg/info/.wh.app.list', content: '' }]), [null]);
  assert.deepEqual(await ownersOf(base, [status('config-files')]), [null]);
});

test('a list may name a file through links that stand for folders of the system, and the tar too', async () => {
  const paths = [`lib/app/node_modules/a/package.json`, 'usr/lib64/app/node_modules/a/package.json'] as const;
  const links = [symlink('lib', 'usr/lib'), symlink('usr/lib64', 'lib')];
  for (const listed of ['usr/lib/app/node_modules/a/package.json', ...paths]) {
    for (const there of ['usr/lib/app/node_modules/a/package.json', ...paths]) {
      assert.deepEqual(
        await ownersOf([OS, ...links, module(there), status(), list('app', listed)]),
        [OWNER],
        `${listed} ${there}`,
      );
    }
  }
  const loop = [symlink('lib', 'usr/lib'), symlink('usr/lib', '/lib'), symlink('bin', '/')];
  assert.deepEqual(await ownersOf([OS, ...loop, module(), status(), list('app', MANIFEST)]), [OWNER]);
});

test('a diverted file belongs to who diverts, and what gave way is elsewhere', async () => {
  const real = `${FOLDER}.real/node_modules/a/package.json`;
  const both = [OS, module(), module(real), status(), list('app', MANIFEST)];
  assert.deepEqual(await ownersOf([...both, diversions(`/${MANIFEST}`, `/${real}`, ':')]), [OWNER, null]);
  const other = [list('other', MANIFEST), diversions(`/${MANIFEST}`, `/${real}`, 'other')];
  assert.deepEqual(await ownersOf([...both, ...other]), [OWNER, 'pkg:deb/debian/other@2?distro=debian-12']);
  assert.deepEqual(await ownersOf([...both, diversions('/x', '/y', ':')]), [null, OWNER]);
});

test('a file that is not what its package brought is nobody’s, though it is in the same layer', async () => {
  const base = [OS, status(), list('app', MANIFEST)];
  assert.deepEqual(await ownersOf([...base, module(), md5sums('app')]), [OWNER]);
  assert.deepEqual(await ownersOf([...base, module(MANIFEST, OTHER), md5sums('app')]), [null]);
  assert.deepEqual(await ownersOf([...base, module(), md5sums('app', 'usr/share/x')]), [null], 'none for this file');
  assert.deepEqual(await ownersOf([...base, module(), md5sums('other')]), [OWNER], 'of another package');
  assert.deepEqual(
    await ownersOf([...base, module(MANIFEST, OTHER), md5sums('other', MANIFEST, OTHER), md5sums('app')]),
    [null],
  );
  assert.deepEqual(
    await ownersOf([...base, module(), { ...md5sums('app'), content: 'none\n' }]),
    [OWNER],
    'no digests',
  );
  const { unknowns } = await inventoryOf([...base, module(MANIFEST, '{'), md5sums('app')]);
  assert.deepEqual(
    unknowns.map(({ analyser, ownedBy }) => [analyser, ownedBy]),
    [['npm', undefined]],
  );
});

test('a file that an upper layer only gave to another user is still its package’s', async () => {
  const base = [OS, module(), status(), list('app', MANIFEST), md5sums('app')];
  assert.deepEqual(await ownersOf(base, [{ ...module(), uid: 1000 }]), [OWNER]);
  assert.deepEqual(await ownersOf(base, [module(MANIFEST, OTHER)]), [null]);
});

test('digests are of the names that lists have', async () => {
  const there = 'usr/lib/app/node_modules/a/package.json';
  const listed = 'lib/app/node_modules/a/package.json';
  const merged = [OS, symlink('lib', 'usr/lib'), module(there), status(), list('app', listed)];
  assert.deepEqual(await ownersOf([...merged, md5sums('app', listed)]), [OWNER]);
  assert.deepEqual(await ownersOf([...merged, md5sums('app', listed, OTHER)]), [null]);
  const real = `${FOLDER}.real/node_modules/a/package.json`;
  const diverted = [OS, status(), list('app', MANIFEST), diversions(`/${MANIFEST}`, `/${real}`, ':'), md5sums('app')];
  assert.deepEqual(await ownersOf([...diverted, module(real)]), [OWNER]);
  assert.deepEqual(await ownersOf([...diverted, module(real, OTHER)]), [null]);
});

test('a file too large to be hashed belongs to who lists it', async () => {
  const large = `${CONTENT}${' '.repeat(2 ** 20)}`;
  assert.deepEqual(await ownersOf([OS, module(MANIFEST, large), status(), list('app', MANIFEST), md5sums('app')]), [
    OWNER,
  ]);
});

test('diversions that cannot be read are an unknown', async () => {
  const { unknowns } = await inventoryOf([OS, status(), diversions('/x')]);
  assert.deepEqual(
    unknowns.map(({ analyser, path }) => [analyser, path]),
    [['dpkg', '/var/lib/dpkg/diversions']],
  );
});

test('of several versions of one package, the one whose list names a file owns it', async () => {
  const contents = (version: string, ...lines: readonly string[]): TarInput => ({
    path: `var/db/pkg/dev/app-${version}/CONTENTS`,
    content: lines.map((line) => `${line}\n`).join(''),
  });
  const line = `obj /${MANIFEST} ${digestOf('md5', CONTENT)} 1`;
  for (const versions of [
    ['1', '2-r1'],
    ['2-r1', '1'],
  ] as const) {
    const [owner, other] = versions;
    assert.deepEqual(await ownersOf([module(), contents(owner, line), contents(other, 'obj /usr/bin/app 0 1')]), [
      `pkg:ebuild/dev/app@${owner}`,
    ]);
    assert.deepEqual(await ownersOf([module(MANIFEST, OTHER), contents(owner, line), contents(other)]), [null]);
  }
});

test('of kernels beside each other in a database of rpm, each owns its files, for one architecture or several', async () => {
  const places = ['1', '2', '3'].map((part) => `usr/lib/modules/${part}/node_modules/a`);
  const header = (version: string, architecture: string, place: string): Buffer =>
    rpmHeader({
      1000: 'kernel',
      1001: version,
      1014: 'GPL',
      1022: architecture,
      1116: [0],
      1117: ['package.json'],
      1118: [`/${place}/`],
    });
  const kernels = [
    header('1', 'x86_64', places[0] ?? ''),
    header('2', 'x86_64', places[1] ?? ''),
    header('2', 'i686', places[2] ?? ''),
  ];
  for (const headers of [kernels, kernels.toReversed()]) {
    const owners = await ownersOf([
      { path: 'var/lib/rpm/rpmdb.sqlite', content: sqliteDatabase(headers) },
      ...places.map((place) => module(`${place}/package.json`)),
    ]);
    assert.deepEqual(owners, [
      'pkg:rpm/kernel@1?arch=x86_64',
      'pkg:rpm/kernel@2?arch=x86_64',
      'pkg:rpm/kernel@2?arch=i686',
    ]);
  }
});

test('apk says it in its one database', async () => {
  const database = (file: string, digest = ''): TarInput => ({
    path: 'lib/apk/db/installed',
    content: `P:app\nV:1-r0\nA:x86_64\nF:${FOLDER}/node_modules/a\nR:${file}\n${digest}\n`,
  });
  const os: TarInput = { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\n' };
  assert.deepEqual(await ownersOf([os, module(), database('package.json')]), [
    'pkg:apk/alpine/app@1-r0?arch=x86_64&distro=alpine-3.20.3',
  ]);
  assert.deepEqual(await ownersOf([os, module(), database('other.json')]), [null]);
  assert.deepEqual(await ownersOf([os, database('package.json')], [module()]), [null]);
  for (const [name, algorithm] of [
    ['Q1', 'sha1'],
    ['Q2', 'sha256'],
  ] as const) {
    const digest = `a:0:0:644\nZ:${name}${digestOf(algorithm, CONTENT, 'base64')}\n`;
    assert.equal((await ownersOf([os, module(), database('package.json', digest)])).includes(null), false, name);
    assert.deepEqual(await ownersOf([os, module(MANIFEST, OTHER), database('package.json', digest)]), [null], name);
  }
});

test('what could not be read of a language is marked too, and what could not of the system is not', async () => {
  const broken = module(MANIFEST, '{');
  const listed = list('app', MANIFEST, 'var/lib/dpkg/diversions');
  const { unknowns } = await inventoryOf([OS, broken, status(), listed, diversions('/x')]);
  assert.deepEqual(
    unknowns.map(({ analyser, ownedBy }) => [analyser, ownedBy]),
    [
      ['dpkg', undefined],
      ['npm', OWNER],
    ],
  );
});

test('Chisel says it in its manifest, with the digest of the file as it left it', async () => {
  const manifest = (content: string): TarInput => {
    const path = { kind: 'path', path: `/${MANIFEST}`, slices: ['app_all'], sha256: '0'.repeat(64) };
    const entries = [
      { jsonwall: '1.0', schema: '1.0', count: 3 },
      { kind: 'package', name: 'app', version: '1-1', arch: 'amd64' },
      { ...path, final_sha256: digestOf('sha256', content) },
    ];
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    return { path: 'var/lib/chisel/manifest.wall', content: zstdCompressSync(lines) };
  };
  const owner = 'pkg:deb/debian/app@1-1?arch=amd64&distro=debian-12';
  assert.deepEqual(await ownersOf([OS, module(), manifest(CONTENT)]), [owner]);
  assert.deepEqual(await ownersOf([OS, manifest(CONTENT)], [module()]), [owner]);
  assert.deepEqual(await ownersOf([OS, module(), manifest(OTHER)]), [null]);
});

test('executables are counted, those of OS packages apart, and what is gone is not', async () => {
  const run = (path: string, content = 'x', mode = 0o755): TarInput => ({ path, content, mode });
  const base = [
    OS,
    status(),
    list('app', 'usr/bin/app', 'usr/bin/gone', 'bin/tool'),
    symlink('bin', 'usr/bin'),
    run('bin/tool'),
    run('usr/bin/app'),
    run('usr/bin/gone'),
    run('usr/bin/mine'),
    run('opt/script', '#!/bin/sh\n', 0o644),
    run('opt/data', 'x', 0o644),
    { path: 'usr/bin/again', type: 'hardlink', link: 'usr/bin/app' },
  ] as const;
  assert.deepEqual((await inventoryOf(base)).executables, { total: 5, owned: 3 });
  const upper = [{ path: 'usr/bin/.wh.gone', content: '' }, run('usr/bin/app', 'other')];
  assert.deepEqual((await inventoryOf(base, upper)).executables, { total: 4, owned: 1 });
});

test('what an image adds up to holds the owners and none of the lists', async () => {
  const image = imageOf(layerOf([OS, module(), status(), list('app', MANIFEST)]));
  const options = { integrity: 'require', facts: memoryFacts() } as const;
  const first = await readImageFacts(image, catalogers, options);
  const again = await readImageFacts(image, catalogers, options);
  assert.deepEqual(again.live, first.live);
  assert.deepEqual(again.executables, first.executables);
  assert.ok(again.layers.every(({ cached }) => cached));
  assert.ok(first.live.every(({ fact }) => fact.found.owned === undefined));
  assert.equal(first.live.find(({ path }) => path === MANIFEST)?.owner?.name, 'app');
});
