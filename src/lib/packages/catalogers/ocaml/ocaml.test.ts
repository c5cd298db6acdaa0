import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { catalogerContract } from '../contract.ts';
import { ocaml } from './index.ts';

const PATH = 'usr/lib/ocaml/lwt_ppx/META';
const EXAMPLE = `# Made by hand: version = "9"
version = "2.1.0"
description = "An \\"extension\\" of syntax (ppx)
  version = 9"
requires(ppx_driver) = "ppxlib ppxlib.ast"
requires(-ppx_driver,-custom_ppx) = "lwt"
archive(byte) += "ppx_lwt.cma"
version(x) = "8"
package "str" (
  directory = "str"
  version = "7"
  requires = "re,lwt_ppx"
  package "deep" ( )
)
`;

catalogerContract(ocaml, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof ocaml.read> {
  return ocaml.read({ path: PATH, bytes: Buffer.from(text) });
}

const LWT_PPX = { type: 'opam', name: 'lwt_ppx', version: '2.1.0', licenses: [], confidence: 'inferred' };

test('META files of libraries are wanted', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    [PATH, true],
    ['usr/lib/ocaml/5.2.0/re/META', true],
    ['home/opam/.opam/5.1/lib/re/META', true],
    ['usr/lib64/ocaml/site-lib/re/META', true],
    ['lib/re/META', true],
    ['usr/share/ocaml-doc/re/META', false],
    ['usr/mylib/re/META', false],
    ['usr/lib/META', false],
    ['re/META', false],
    ['META', false],
    ['usr/lib/ocaml/re/META.bak', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(ocaml.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('a library, what it requires, and the packages inside it', () => {
  assert.deepEqual(read(EXAMPLE), { packages: [{ ...LWT_PPX, requires: ['ppxlib', 'lwt', 're'] }] });
  assert.deepEqual(read(EXAMPLE.replaceAll('\n', '\r\n')), read(EXAMPLE));
  assert.deepEqual(read('version="1"version="2"').packages, [{ ...LWT_PPX, version: '1' }]);
});

test('a library that comes with the compiler is no package', () => {
  assert.deepEqual(read('version = "[distributed with OCaml 4.07 or above]"'), {});
  assert.deepEqual(read('version = "[distributed with Ocaml]"'), {});
});

test('a library without a version is an unknown', () => {
  for (const text of ['', 'requires = ""', 'package "x" ( version = "1" )', 'version(byte) = "1"']) {
    assert.deepEqual(read(text), { packages: [{ ...LWT_PPX, version: '' }], unknowns: ['library without a version'] });
  }
});

test('what does not follow the grammar is an error', () => {
  const texts = [
    'version',
    'version = ',
    'version = 1',
    'version = "1',
    'version + "1"',
    'version(,) = "1"',
    'version(a = "1"',
    'package "x" (',
    'package "x" version = "1"',
    ')',
    '"x"',
    '\0',
    'é = "1"',
    'package "x" ('.repeat(100_000),
    'a('.repeat(100_000),
  ];
  for (const text of texts) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text.slice(0, 40));
  }
});

test('pieces of META in any order are read, in time that grows with their length', () => {
  const pieces = [
    'version',
    ' = ',
    '"',
    '\\',
    '(',
    ')',
    ',',
    '-',
    '+=',
    '#',
    '\n',
    'package "x" (',
    'requires = "a b"',
  ];
  fc.assert(fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (list) => assertReads(list.join(''))));
  pieces.forEach((piece) => assertReads(piece.repeat(200_000)));
});

function assertReads(text: string): void {
  try {
    assert.ok((read(text).packages ?? []).length <= 1);
  } catch (error) {
    assert.ok(isAppError(error));
  }
}
