import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { conanLock } from './index.ts';

evidence(
  'catalogers/conan-lock version 1',
  'real tool',
  'a lock file that Conan 1 wrote, as conan info lists it, and one as another scanner reads it',
);
evidence('catalogers/conan-lock', 'real tool', 'a lock file that Conan 2 wrote, as conan graph info lists it');

const PATH = 'srv/conan.lock';

catalogerContract(conanLock, { example: { path: PATH, bytes: lockFile('conan', 'conan.lock') } });

function read(text: string | Uint8Array): Found {
  return conanLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what is listed elsewhere', () => {
  const found = read(lockFile('conan', 'conan.lock'));
  const listed = listOf('conan', 'conan.lock');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'conan' && record.confidence === 'declared'));
});

test('the graph that Conan 1 wrote has what it lists, and its edges', () => {
  const { packages = [], unknowns } = read(lockFile('conan', 'v1/conan.lock'));
  const listed = listOf('conan', 'v1/conan.lock');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(packages), listed);
  assert.equal(unknowns, undefined);
  assert.deepEqual(packages.find(({ name }) => name === 'flag')?.requires, ['dock@cci.20240101', 'ebb@4.0']);
});

test('the graph of Conan 1 is read as another scanner does', () => {
  const found = read(lockFile('judged', 'conan.lock'));
  assert.deepEqual(asList(found.packages), listOf('judged', 'conan.lock'));
  const anchor = found.packages?.find((record) => record.name === 'anchor');
  assert.deepEqual(anchor?.requires, ['ebb@4.0', 'flag@5.5.5']);
});

test('what is no reference is an unknown', () => {
  const found = read('{"requires": ["a/1.0#x", "b", 5, "c/1/2"], "build_requires": []}');
  assert.deepEqual(asList(found.packages), ['a 1.0']);
  assert.deepEqual(found.unknowns, ['3 entries other than name and version, the first "b"']);
});

test('another file is an error', () => {
  for (const text of ['', '{}', '[]', '{']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
