import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogerContract } from '../contract.ts';
import { haskell } from './index.ts';

const PATH = 'var/lib/ghc/package.conf.d/attoparsec-0.14.4.conf';
const EXAMPLE = `name:                 attoparsec
version:              0.14.4
visibility:           public
id:                   attoparsec-0.14.4-ASUO
license:              BSD-3-Clause
description:
    Fast parsing.

    name: other
    version: 9
exposed-modules:
    Data.Attoparsec
depends:
    array-0.5.4.0 base-4.15.1.0
    scientific-0.3.7.0-7BCp

haddock-html:         /usr/share/doc
`;

catalogerContract(haskell, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof haskell.read> {
  return haskell.read({ path: PATH, bytes: Buffer.from(text) });
}

const ATTOPARSEC = {
  type: 'hackage',
  name: 'attoparsec',
  version: '0.14.4',
  requires: ['array-0.5.4.0', 'base-4.15.1.0', 'scientific-0.3.7.0-7BCp'],
  provides: ['attoparsec-0.14.4-ASUO'],
  licenses: ['BSD-3-Clause'],
};

test('registrations in databases of GHC, cabal and stack are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['opt/ghc/9.4.7/lib/package.conf.d/rts.conf', true],
    ['root/.cabal/store/ghc-9.4.7/package.db/aeson-2.conf', true],
    ['root/.stack/snapshots/x/pkgdb/aeson-2.conf', true],
    ['var/lib/ghc/package.conf.d/package.cache', false],
    ['etc/mypackage.db/a.conf', false],
    ['etc/package.db/deep/a.conf', false],
    ['etc/nginx.conf', false],
    ['a.conf', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(haskell.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a registration, with values on the same line and below it', () => {
  assert.deepEqual(read(EXAMPLE), { packages: [ATTOPARSEC] });
  assert.deepEqual(read(EXAMPLE.replaceAll('\n', '\r\n')), read(EXAMPLE));
  assert.deepEqual(read(EXAMPLE.replace('0.14.4\n', '\n    0.14.4\n')), read(EXAMPLE));
  assert.deepEqual(read(`${EXAMPLE}name: other\nversion: 9\n`), read(EXAMPLE));
  assert.deepEqual(read(EXAMPLE.replace('name: ', 'Name: ')), read(EXAMPLE));
});

test('a library inside a package is that package', () => {
  const text = EXAMPLE.replace(
    /^name:.*/,
    'name: z-attoparsec-z-internal\npackage-name: attoparsec\nlib-name: internal',
  );
  assert.deepEqual(read(text), { packages: [ATTOPARSEC] });
});

test('a version of another form is an unknown', () => {
  for (const version of ['', 'x', '1.0-beta', '1'.repeat(300)]) {
    const { packages, unknowns } = read(EXAMPLE.replace('0.14.4\n', `${version}\n`));
    assert.deepEqual(packages, [{ ...ATTOPARSEC, version: '' }]);
    assert.equal(unknowns?.length, 1);
  }
});

test('what names no library is an error', () => {
  const names = ['name:', 'name: a b', 'name: ../x', `name: ${'a'.repeat(300)}`, ' name: a', 'nothing'];
  for (const name of ['', '\0', ...names.map((line) => `${line}\nversion: 1\n`), '\n '.repeat(200_000)]) {
    assert.throws(() => read(name), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, name.slice(0, 40));
  }
});
