import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { mixLock } from './index.ts';

evidence('catalogers/mix-lock', 'real tool', 'a lock file in the form of Mix, as another scanner reads it');

const GIT = ['an entry without a version: "keel"'];
const PATH = 'srv/mix.lock';

catalogerContract(mixLock, { example: { path: PATH, bytes: lockFile('judged', 'mix.lock') }, unknowns: GIT });

function read(text: string | Uint8Array): Found {
  return mixLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what is listed elsewhere', () => {
  const found = read(lockFile('judged', 'mix.lock'));
  const listed = listOf('judged', 'mix.lock');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.deepEqual(found.unknowns, GIT);
  assert.ok(found.packages?.every((record) => record.type === 'hex' && record.confidence === 'declared'));
});

test('edges are those of the file, and what comes from git has no version', () => {
  const { packages = [] } = read(lockFile('judged', 'mix.lock'));
  const anchor = packages.find((record) => record.name === 'anchor');
  assert.deepEqual(anchor?.requires, ['buoy@2.0.0', 'cable@0.1.0-rc.1']);
  const renamed = read('%{\n  "app": {:hex, :package_of_it, "1.0.0", "00", [:mix], [], "hexpm", "00"},\n}\n');
  assert.deepEqual(asList(renamed.packages), ['package_of_it 1.0.0']);
});

test('another file is an error', () => {
  for (const text of ['', '[]', '"a": {:hex, :a, "1"}']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
