import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { PathHashes } from '#base/path-hash.ts';
import type { PackageRecord } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { PacmanRoot } from '#test/fixtures/pacman-root.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { pacman } from './index.ts';

evidence('catalogers/pacman', 'real tool', 'a database of a hundred packages that pacman installed, listed by pacman');

const DESC = 'var/lib/pacman/local/sample-tool-2:1.2.3-4/desc';
const FILES = 'var/lib/pacman/local/sample-tool-2:1.2.3-4/files';

const EXAMPLE = `%NAME%
sample-tool

%VERSION%
2:1.2.3-4

%BASE%
sample

%DESC%
%NAME%

%ARCH%
any

%PACKAGER%
Some One <one@example.org>

%LICENSE%
MIT
custom:Own Licence

%DEPENDS%
sample-lib>=2:1
libsample.so=1-64
c<3

%PROVIDES%
tool=1
sample-tool=3

`;

catalogerContract(pacman, { example: { path: DESC, bytes: Buffer.from(EXAMPLE) } });

function read(path: string, text: string): ReturnType<typeof pacman.read> {
  return pacman.read({ path, bytes: Buffer.from(text) });
}

function hashesOf(paths: readonly string[]): string {
  const hashes = new PathHashes();
  paths.forEach((path) => hashes.add(Buffer.from(path)));
  return hashes.toText();
}

test('a description becomes a package', () => {
  assert.deepEqual(read(DESC, EXAMPLE), {
    packages: [
      {
        type: 'alpm',
        name: 'sample-tool',
        version: '2:1.2.3-4',
        source: { name: 'sample', version: '2:1.2.3-4' },
        architecture: 'any',
        vendor: 'Some One <one@example.org>',
        requires: ['sample-lib', 'libsample.so', 'c'],
        provides: ['tool'],
        licenses: ['MIT', 'custom:Own Licence'],
      },
    ],
  });
});

test('a description without a name, or with a line outside of a block, is an unknown', () => {
  for (const text of ['', '%VERSION%\n1-1\n', '%NAME%\n\n%VERSION%\n1-1\n']) {
    assert.deepEqual(read(DESC, text).unknowns, ['expected a package with a name (%NAME%), found one without'], text);
  }
  assert.deepEqual(read(DESC, '%NAME%\na\n\nrubbish\n').unknowns, [
    'expected blocks of lines below a name in percent signs, found a line outside of them',
  ]);
  assert.equal(read(DESC, '%NAME%\na\n').packages?.[0]?.version, '');
});

test('a description cannot need more than a limit', () => {
  const text = `%NAME%\na\n\n%DEPENDS%\n${'b\n'.repeat(1_000_001)}`;
  assert.throws(() => read(DESC, text), { code: 'LIMIT_EXCEEDED', object: DESC });
});

test('files are those in their block, without folders; whose they are says the folder', () => {
  const text = '%FILES%\nusr/\nusr/bin/\nusr/bin/tool é\n%FILES%\n\n%BACKUP%\netc/tool.conf\tabc\n\n%FILES%\netc/a';
  assert.deepEqual(read(FILES, text).owned, [
    { package: 'sample-tool', files: hashesOf(['usr/bin/tool é', '%FILES%', 'etc/a']) },
  ]);
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), (bytes, isInside) => {
      const { owned = [] } = pacman.read({
        path: FILES,
        bytes: Buffer.concat([Buffer.from(isInside ? '%FILES%\n' : ''), bytes]),
      });
      assert.ok(owned.length <= 1);
    }),
  );
});

test('other files of the database, and of no package, say nothing', () => {
  const folder = 'var/lib/pacman/local';
  for (const path of [
    `${folder}/ALPM_DB_VERSION`,
    `${folder}/a-1-1/mtree`,
    `${folder}/a-1-1/desc/desc`,
    `${folder}/a/desc`,
    `${folder}/-1-1/desc`,
  ]) {
    assert.ok(pacman.wants({ path, mode: 0o644, size: 1 }));
    assert.deepEqual(read(path, EXAMPLE), {}, path);
  }
  assert.ok(!pacman.wants({ path: 'var/lib/pacman/sync/core.db', mode: 0o644, size: 1 }));
});

describe('a database that pacman wrote', { skip: missing('pacman', 'root', 'gnu-tar') }, () => {
  const root = new PacmanRoot();
  after(() => root.remove());

  test('says what pacman lists', () => {
    root.install([
      {
        name: 'lib-sample',
        version: '2:1.2.3_beta+1-4.1',
        base: 'sample',
        provides: ['libsample.so=1-64'],
        licenses: ['MIT', 'custom:Own Licence'],
        files: { 'usr/lib/node_modules/a/package.json': '{"name":"a","version":"1.0.0"}', 'usr/share/é b': '' },
      },
      {
        name: 'tool',
        version: '1-1',
        depends: ['lib-sample>=2:1', 'libsample.so', 'nobody'],
        files: { 'usr/bin/tool': '' },
      },
      ...Array.from({ length: 98 }, (_, index) => ({
        name: `many-${index}`,
        version: `${index}.0-1`,
        files: { [`usr/share/many/${index}/file`]: '' },
      })),
    ]);
    const found = readAll(root.folder);
    assert.equal(found.packages.length, 100);
    const ours = found.packages.map(({ name, version }) => `${name} ${version}`);
    assert.deepEqual(ours.toSorted(), root.run('-Q').trim().split('\n').toSorted());

    const details = root.run('-Qi').trim().split('\n\n').map(fieldsOf);
    assert.deepEqual(
      found.packages.map((record) => detailsOf(record)).toSorted(byName),
      details
        .map((fields) => ({
          name: fields.get('Name'),
          architecture: fields.get('Architecture'),
          vendor: fields.get('Packager'),
          licenses: listOf(fields.get('Licenses')),
          requires: listOf(fields.get('Depends On')).map((text) => text.replace(/[<>=].*/, '')),
          provides: listOf(fields.get('Provides')).map((text) => text.replace(/[<>=].*/, '')),
        }))
        .toSorted(byName),
    );

    const listed = root
      .run('-Ql')
      .trim()
      .split('\n')
      .filter((line) => !line.endsWith('/'));
    assert.ok(listed.length >= 101);
    const files = Map.groupBy(listed, (line) => line.slice(0, line.indexOf(' ')));
    const expected = [...files].map(([name, lines]) => ({
      package: name,
      files: hashesOf(lines.map((line) => line.slice(`${name} ${root.folder}/`.length))),
    }));
    assert.deepEqual(
      found.owned.toSorted((a, b) => (a.package < b.package ? -1 : 1)),
      expected.toSorted((a, b) => (a.package < b.package ? -1 : 1)),
    );
  });
});

interface Read {
  readonly packages: readonly PackageRecord[];
  readonly owned: readonly { readonly package: string; readonly files: string }[];
}

function readAll(root: string): Read {
  const local = 'var/lib/pacman/local';
  const found = readdirSync(join(root, local), { recursive: true, encoding: 'utf8' })
    .map((name) => `${local}/${name}`)
    .filter((path) => /\/(desc|files)$/.test(path))
    .map((path) => pacman.read({ path, bytes: readFileSync(join(root, path)) }));
  assert.deepEqual(
    found.flatMap(({ unknowns = [] }) => unknowns),
    [],
  );
  return { packages: found.flatMap(({ packages = [] }) => packages), owned: found.flatMap(({ owned = [] }) => owned) };
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf(' :')).trim(), line.slice(line.indexOf(': ') + 2)]),
  );
}

function listOf(text = 'None'): readonly string[] {
  return text === 'None' ? [] : text.trim().split(/ {2,}/);
}

function detailsOf({ name, architecture, vendor, licenses, requires = [], provides = [] }: PackageRecord): {
  readonly name: string;
} {
  const details = { name, architecture, vendor, licenses, requires, provides };
  return details;
}

function byName(a: { readonly name?: string | undefined }, b: { readonly name?: string | undefined }): number {
  return (a.name ?? '') < (b.name ?? '') ? -1 : 1;
}
