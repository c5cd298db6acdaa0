import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogerContract } from '../contract.ts';
import { pnpmLock } from './index.ts';

const PATH = 'app/pnpm-lock.yaml';
const EXAMPLE = `lockfileVersion: '9.0'

packages:

  '@s/b@2.0.0':
    resolution: {integrity: sha512-AA==}

  a@1.0.0:
    resolution: {integrity: sha512-AA==}
    engines: {node: '>=6'}

snapshots:

  '@s/b@2.0.0': {}

  a@1.0.0(c@1.0.0):
    dependencies:
      '@s/b': 2.0.0
`;

catalogerContract(pnpmLock, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof pnpmLock.read> {
  return pnpmLock.read({ path: PATH, bytes: Buffer.from(text) });
}

const summary = ({ packages }: ReturnType<typeof pnpmLock.read>): unknown =>
  packages?.map(({ name, version, requires }) => [name, version, requires]);

test('of version 5, other registries, peers with scopes, commits, folders and other names', () => {
  const found = read(`lockfileVersion: 5.4
packages:
  /@s/a/1.0.0_@babel+core@7.0.0:
    resolution: {integrity: sha512-AA==}
    dependencies:
      b: 2.0.0
      renamed: /b/2.0.0
      c: github.com/x/c/0123
      mine: link:../mine
  registry.example.org/b/2.0.0:
    resolution: {integrity: sha512-AA==}
  /b/2.0.0:
    resolution: {integrity: sha512-AA==}
  github.com/x/c/0123:
    resolution: {tarball: https://codeload.github.com/x/c/tar.gz/0123}
    name: c
    version: 3.0.0
  file:../d:
    resolution: {directory: ../d, type: directory}
    name: d
    version: 1.0.0
`);
  assert.deepEqual(summary(found), [
    ['@s/a', '1.0.0', ['b@2.0.0', 'c@3.0.0']],
    ['b', '2.0.0', undefined],
    ['c', '3.0.0', undefined],
  ]);
});

test('of version 9, two documents, peers inside peers, archives and folders', () => {
  const found = read(`---
lockfileVersion: '9.0'
packages:
  pnpm@11.0.0:
    resolution: {integrity: sha512-AA==}
snapshots:
  pnpm@11.0.0: {}
---
lockfileVersion: '9.0'
packages:
  a@1.0.0:
    resolution: {integrity: sha512-AA==}
  b@https://example.org/b.tgz:
    resolution: {tarball: https://example.org/b.tgz}
    version: 2.0.0
  c@file:../c:
    resolution: {directory: ../c, type: directory}
snapshots:
  a@1.0.0(x@1.0.0(y@2.0.0)):
    dependencies:
      b: https://example.org/b.tgz
      c: file:../c
      renamed: pnpm@11.0.0
  b@https://example.org/b.tgz: {}
`);
  assert.deepEqual(summary(found), [
    ['pnpm', '11.0.0', undefined],
    ['a', '1.0.0', ['b@2.0.0']],
    ['b', '2.0.0', undefined],
  ]);
});

test('a key that is not understood is an unknown, another YAML an error', () => {
  const { packages, unknowns } = read("lockfileVersion: '6.0'\npackages:\n  /a@1.0.0: {}\n  what: {}\n");
  assert.deepEqual([packages?.length, unknowns], [1, ['an entry with a key that is not understood: "what"']]);
  assert.throws(() => read('a: b\n'), { code: 'PACKAGE_METADATA_INVALID', object: PATH });
});
