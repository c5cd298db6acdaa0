import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJson } from '../../jsonc.ts';
import { catalogerContract } from '../contract.ts';
import { bunLock } from './index.ts';

const PATH = 'app/bun.lock';
const EXAMPLE = `{
  "lockfileVersion": 1,
  "workspaces": { "": { "name": "app", "dependencies": { "a": "^1.0.0", }, }, },
  "packages": {
    "a": ["a@1.0.0", "", { "dependencies": { "@s/b": "^2.0.0" } }, "sha512-AA=="],
    "@s/b": ["@s/b@2.0.0", "", {}, "sha512-AA=="],
  }
}
`;

catalogerContract(bunLock, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string, path = PATH): ReturnType<typeof bunLock.read> {
  return bunLock.read({ path, bytes: Buffer.from(text) });
}

test('workspaces and folders are nobody’s packages, commits have no version', () => {
  const { packages, unknowns } = read(`{
    "lockfileVersion": 1, // a comment
    "packages": {
      "app": ["app@workspace:packages/app"],
      "a": ["a@github:x/a#0123", { "dependencies": { "b": "1", "app": "*" } }, "x-a-0123"],
      "a/b": ["b@1.0.0", "", {}, "sha512-AA=="],
      "b": ["@s/real@2.0.0", "", { "peerDependencies": { "a": "*" } }, "sha512-AA=="],
      "mine": ["mine@file:../mine", {}], /* , */
      "none": [],
    },
  }`);
  assert.deepEqual(
    packages?.map(({ name, version, requires }) => [name, version, requires]),
    [
      ['a', '', ['b@1.0.0']],
      ['b', '1.0.0', undefined],
      ['@s/real', '2.0.0', ['a@']],
    ],
  );
  assert.deepEqual(unknowns, ['an entry without a name and a version: "none"']);
});

test('the binary format of older ones is an error, and so is other JSON', () => {
  const code = 'PACKAGE_METADATA_INVALID';
  assert.throws(() => read('#!/usr/bin/env bun', 'app/bun.lockb'), { code, object: 'app/bun.lockb' });
  assert.throws(() => read('{}'), { code, object: PATH });
  assert.throws(() => read('{"lockfileVersion": 1,, }'), { code: 'JSON_INVALID', object: PATH });
});

test('JSON with comments and last commas is JSON, and texts stay as they are', () => {
  const texts: readonly (readonly [string, unknown])[] = [
    ['{"a": [1, 2, ], }', { a: [1, 2] }],
    ['["a,]", "b//c", "d\\\\", "\\",]", /*,*/ 1 , // x\n ]', ['a,]', 'b//c', 'd\\', '",]', 1]],
    ['// only\n[]', []],
    ['[1 /* a */ , /* b */ ]', [1]],
  ];
  for (const [text, value] of texts) {
    assert.deepEqual(JSON.parse(toJson(text)), value, text);
  }
  for (const text of ['[1 /', '["a', '[,,]', '/*', '//', '[1,/*]']) {
    assert.throws(() => JSON.parse(toJson(text)) as unknown, SyntaxError, text);
  }
});
