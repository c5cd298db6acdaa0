import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PathHashes } from '#base/path-hash.ts';
import { catalogerContract } from '../contract.ts';
import { portage } from './index.ts';
import { splitVersion } from './place.ts';

const FOLDER = 'var/db/pkg/app-misc/foo-bar-1.2.3b_rc2-r1';
const NAME = 'app-misc/foo-bar';
const VERSION = '1.2.3b_rc2-r1';

const CONTENTS = `dir /usr
dir /usr/bin
obj /usr/bin/foo d41d8cd98f00b204e9800998ecf8427e 1650000000
obj /usr/share/a b c 764efa883dda1e11db47671c4a3bbd9e 1650000000
sym /usr/lib/libfoo.so -> libfoo.so.1 1650000000
sym /usr/lib/x y -> ../a -> b 1650000000
fif /run/pipe
obj /usr/share/no-digest 0 1650000000
`;

function read(file: string, content: Uint8Array | string, folder = FOLDER): ReturnType<typeof portage.read> {
  return portage.read({ path: `${folder}/${file}`, bytes: Buffer.from(content) });
}

function hashesOf(...paths: readonly string[]): string {
  const hashes = new PathHashes();
  paths.forEach((path) => hashes.add(Buffer.from(path)));
  return hashes.toText();
}

catalogerContract(portage, { example: { path: `${FOLDER}/LICENSE`, bytes: Buffer.from('|| ( MIT BSD )\n') } });

test('every file is its package, and says a part of it', () => {
  const record = { type: 'ebuild', name: NAME, version: VERSION, licenses: [] };
  assert.deepEqual(read('CONTENTS', CONTENTS), {
    packages: [record],
    owned: [
      {
        package: NAME,
        version: VERSION,
        files: hashesOf('usr/bin/foo', 'usr/share/a b c', 'usr/lib/libfoo.so', 'usr/lib/x y', 'usr/share/no-digest'),
        contents: hashesOf('usr/bin/food41d8cd98f00b204', 'usr/share/a b c764efa883dda1e11'),
      },
    ],
  });
  assert.deepEqual(read('CONTENTS', ''), { packages: [record] });
  assert.deepEqual(read('CONTENTS', 'sym /a -> b 1\n').owned, [
    { package: NAME, version: VERSION, files: hashesOf('a') },
  ]);
  assert.deepEqual(read('LICENSE', '\n'), { packages: [record] });
  assert.deepEqual(read('PDEPEND', 'a/b\n'), { packages: [{ ...record, requires: ['a/b'] }] });
});

test('licences are told one by one, choices and conditions as one text', () => {
  const cases: readonly (readonly [text: string, ...licenses: readonly string[]])[] = [
    ['GPL-2+ || ( MIT BSD )  LGPL-2.1\n', 'GPL-2+', '|| ( MIT BSD )', 'LGPL-2.1'],
    ['|| ( ( MIT BSD ) || ( A B ) ) C', '|| ( ( MIT BSD ) || ( A B ) )', 'C'],
    ['doc? ( FDL-1.3 ) ( A B ) MIT MIT', 'doc? ( FDL-1.3 )', '( A B )', 'MIT'],
    ['A || ( B C', 'A', '|| ( B C'],
    ['A ) B', 'A', ')', 'B'],
    ['|| ', '||'],
  ];
  for (const [text, ...licenses] of cases) {
    assert.deepEqual(read('LICENSE', text).packages?.[0]?.licenses, licenses, text);
  }
});

test('what it needs are names of packages, alternatives all', () => {
  const text = `>=dev-libs/openssl-1.1.1:0/3=[-bindist(-)] ~app-misc/a-b-2_p1 =c/d-1.2* e/f-1
|| ( g/h:= >=i/j-9999 ) flag? ( k/l[m] ) !n/o !!<p/q-3 app-misc/foo-bar`;
  assert.deepEqual(read('RDEPEND', text).packages?.[0]?.requires, [
    'dev-libs/openssl',
    'app-misc/a-b',
    'c/d',
    'e/f-1',
    'g/h',
    'i/j',
    'k/l',
  ]);
});

test('a version begins behind the last dash that one can begin behind', () => {
  const cases = [
    ['foo-1.2.3', 'foo', '1.2.3'],
    ['foo-1', 'foo', '1'],
    ['foo-1-r0', 'foo', '1-r0'],
    ['foo-bar-2.0z_alpha_beta3_p20210101-r12', 'foo-bar', '2.0z_alpha_beta3_p20210101-r12'],
    ['gtk+-3.24', 'gtk+', '3.24'],
    ['x-9999', 'x', '9999'],
    ['font-100dpi-1.0', 'font-100dpi', '1.0'],
    ['foo-r1', 'foo-r1', ''],
    ['foo-1.2a.3', 'foo-1.2a.3', ''],
    ['foo-1_', 'foo-1_', ''],
    ['foo-1_rc1x', 'foo-1_rc1x', ''],
    ['foo', 'foo', ''],
    ['-1', '-1', ''],
  ] as const;
  for (const [text, name, version] of cases) {
    assert.deepEqual(splitVersion(text), [name, version], text);
  }
});

test('a folder without a version is a package without one, and not passed over', () => {
  const [found] = read('CONTENTS', '', 'var/db/pkg/app-misc/foo').packages ?? [];
  assert.deepEqual([found?.name, found?.version], ['app-misc/foo', '']);
});

test('a package whose installation was broken off is an unknown', () => {
  const folder = 'var/db/pkg/app-misc/-MERGING-foo-1';
  assert.deepEqual(read('CONTENTS', CONTENTS, folder), {
    unknowns: ['expected a package that is installed, found one whose installation was broken off'],
  });
  assert.deepEqual(read('LICENSE', 'MIT', folder), {});
});

test('only files of packages are wanted, and what is elsewhere says nothing', () => {
  const wanted = (path: string): boolean => portage.wants({ path, mode: 0o644, size: 1 });
  for (const file of ['CONTENTS', 'LICENSE', 'PDEPEND', 'RDEPEND']) {
    assert.ok(wanted(`${FOLDER}/${file}`), file);
  }
  assert.ok(!wanted(`${FOLDER}/SLOT`) && !wanted(`${FOLDER}/MYCONTENTS`) && !wanted(`opt/${FOLDER}/CONTENTS`));
  for (const folder of ['var/db/pkg/app-misc/.foo-1', 'var/db/pkg', 'var/db/pkg/a', `${FOLDER}/b`]) {
    assert.deepEqual(read('CONTENTS', CONTENTS, folder), {}, folder);
  }
});

test('any contents give hashes of their own lines and nothing else', () => {
  const digest = 'd41d8cd98f00b204e9800998ecf8427e';
  const lines: ReadonlyMap<string, string> = new Map([
    [`obj /a ${digest} 2`, 'a'],
    ['obj /a b 1 2', 'a b'],
    ['sym /a -> b 1', 'a'],
    ['obj / 1 2', ''],
    ['obj /a 1', ''],
    ['obj a 1 2', ''],
    ['sym /a', ''],
    ['dir /a', ''],
    ['', ''],
  ]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...lines.keys())), (chosen) => {
      const paths = chosen.map((line) => lines.get(line) ?? '').filter((path) => path !== '');
      const digested = chosen.filter((line) => line.includes(digest)).map(() => `a${digest.slice(0, 16)}`);
      const [owned] = read('CONTENTS', chosen.join('\n')).owned ?? [];
      assert.equal(owned?.files ?? '', hashesOf(...paths));
      assert.equal(owned?.contents ?? '', hashesOf(...digested));
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.equal(read('CONTENTS', bytes).packages?.length, 1)));
});

test('any licences and dependencies are read in one go', () => {
  const words = fc.array(fc.constantFrom('||', '(', ')', 'a?', 'MIT', 'a/b-1', '!c/d', '>=', 'e/f:0', '\n'));
  fc.assert(
    fc.property(words, (parts) => {
      const text = parts.join(' ');
      const [license] = read('LICENSE', text).packages ?? [];
      const kept = new Set(license?.licenses.flatMap((each) => each.split(' ')));
      assert.deepEqual(kept, new Set(parts.filter((part) => part !== '\n')));
      assert.equal(read('RDEPEND', text).packages?.length, 1);
    }),
  );
});
