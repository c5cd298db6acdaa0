import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PathHashes } from '#base/path-hash.ts';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { portage } from './index.ts';
import { splitVersion } from './place.ts';

evidence(
  'catalogers/portage',
  'self-made',
  'files of the form that Portage and the Package Manager Specification describe',
);

const FOLDER = 'var/db/pkg/app-misc/foo-bar-1.2.3b_rc2-r1';

const CONTENTS = `dir /usr
dir /usr/bin
obj /usr/bin/foo d41d8cd98f00b204e9800998ecf8427e 1650000000
obj /usr/share/a b c d41d8cd98f00b204e9800998ecf8427e 1650000000
sym /usr/lib/libfoo.so -> libfoo.so.1 1650000000
sym /usr/lib/x y -> ../a -> b 1650000000
fif /run/pipe
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
  const record = { type: 'ebuild', name: 'app-misc/foo-bar', version: '1.2.3b_rc2-r1', licenses: [] };
  assert.deepEqual(read('CONTENTS', CONTENTS), {
    packages: [record],
    owned: [
      {
        package: 'app-misc/foo-bar',
        files: hashesOf('usr/bin/foo', 'usr/share/a b c', 'usr/lib/libfoo.so', 'usr/lib/x y'),
      },
    ],
  });
  assert.deepEqual(read('CONTENTS', ''), { packages: [record] });
  assert.deepEqual(read('LICENSE', 'GPL-2+ || ( MIT BSD )\n').packages, [
    { ...record, licenses: ['GPL-2+ || ( MIT BSD )'] },
  ]);
  assert.deepEqual(read('LICENSE', '\n').packages, [record]);
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

test('only files of packages are wanted, and those of packages that are being installed say nothing', () => {
  const wanted = (path: string): boolean => portage.wants({ path, mode: 0o644, size: 1 });
  assert.ok(wanted(`${FOLDER}/CONTENTS`) && wanted(`${FOLDER}/LICENSE`) && wanted(`${FOLDER}/RDEPEND`));
  assert.ok(!wanted(`${FOLDER}/SLOT`) && !wanted(`opt/${FOLDER}/CONTENTS`));
  for (const folder of ['var/db/pkg/app-misc/-MERGING-foo-1', 'var/db/pkg', 'var/db/pkg/a', `${FOLDER}/b`]) {
    assert.deepEqual(read('CONTENTS', CONTENTS, folder), {}, folder);
  }
});

test('any contents give hashes of their own lines and nothing else', () => {
  const line = fc.constantFrom(
    'obj /a 1 2',
    'obj /a b 1 2',
    'obj / 1 2',
    'obj /a 1',
    'obj a 1 2',
    'sym /a -> b 1',
    'sym /a',
    'dir /a',
    '',
  );
  const expected = new Map([
    ['obj /a 1 2', 'a'],
    ['obj /a b 1 2', 'a b'],
    ['sym /a -> b 1', 'a'],
  ]);
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const paths = lines.flatMap((each) => expected.get(each) ?? []);
      assert.equal(read('CONTENTS', lines.join('\n')).owned?.[0]?.files ?? '', hashesOf(...paths));
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.equal(read('CONTENTS', bytes).packages?.length, 1)));
});
