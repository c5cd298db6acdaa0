import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogerContract } from '../contract.ts';
import { yarnLock } from './index.ts';

const PATH = 'app/yarn.lock';
const EXAMPLE = `# yarn lockfile v1


a@^1.0.0, a@^1.1.0:
  version "1.1.0"
  resolved "https://registry.yarnpkg.com/a/-/a-1.1.0.tgz#0"
  dependencies:
    "@s/b" "^2.0.0"

"@s/b@^2.0.0":
  version "2.0.0"
`;

catalogerContract(yarnLock, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof yarnLock.read> {
  return yarnLock.read({ path: PATH, bytes: Buffer.from(text) });
}

test('of Yarn 1, other names, ranges with blanks, commits and folders', () => {
  const { packages } = read(`# yarn lockfile v1
"renamed@npm:@s/real@^1.0.0", "other@npm:@s/real@^1.0.0":
  version "1.0.0"
  dependencies:
    a ">= 1 < 2"
    b "git+https://example.org/b.git"
    mine "link:./mine"
"a@>= 1 < 2":
  version "1.5.0"
"b@git+https://example.org/b.git":
  version "3.0.0"
  resolved "git+https://example.org/b.git#0123"
"mine@link:./mine":
  version "0.0.0"
  uid ""
`);
  assert.deepEqual(
    packages?.map(({ name, version, requires }) => [name, version, requires]),
    [
      ['@s/real', '1.0.0', ['a@1.5.0', 'b@3.0.0']],
      ['a', '1.5.0', undefined],
      ['b', '3.0.0', undefined],
    ],
  );
});

test('of later ones, patches and other names are what was taken, and workspaces are nobody’s packages', () => {
  const { packages } = read(`__metadata:
  version: 8
"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  linkType: soft
"renamed@npm:real@^1":
  version: 1.0.0
  resolution: "real@npm:1.0.0"
  dependencies:
    typescript: "npm:^5.0.0"
  linkType: hard
"typescript@npm:^5.0.0":
  version: 5.9.2
  resolution: "typescript@npm:5.9.2"
  linkType: hard
"typescript@patch:typescript@npm%3A^5.0.0#optional!builtin<compat/typescript>":
  version: 5.9.2
  resolution: "typescript@patch:typescript@npm%3A5.9.2#optional!builtin<compat/typescript>::version=5.9.2&hash=5786d5"
  linkType: hard
`);
  assert.deepEqual(
    packages?.map(({ name, version, requires }) => [name, version, requires]),
    [
      ['real', '1.0.0', ['typescript@5.9.2']],
      ['typescript', '5.9.2', undefined],
    ],
  );
});

test('an entry that names nothing is an unknown', () => {
  const { packages, unknowns } = read('a, b:\n  version "1.0.0"\nc@^1:\n  version "1.0.0"\n');
  assert.deepEqual(
    packages?.map(({ name }) => name),
    ['c'],
  );
  assert.deepEqual(unknowns, ['an entry without a name and a range: "a"']);
});

test('what no Yarn writes is an error', () => {
  for (const text of ['a', '  version "1"\n', 'a:\n  version "1"\nb\n', '{}', '__metadata:\n  a: &b c\n']) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text);
  }
});
