import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { cocoapodsLock } from './index.ts';

evidence('catalogers/cocoapods-lock', 'real tool', 'a lock file in the form of CocoaPods, as another scanner reads it');

const PATH = 'srv/Podfile.lock';

catalogerContract(cocoapodsLock, { example: { path: PATH, bytes: lockFile('judged', 'Podfile.lock') } });

function read(text: string | Uint8Array): Found {
  return cocoapodsLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what is listed elsewhere', () => {
  const found = read(lockFile('judged', 'Podfile.lock'));
  const listed = listOf('judged', 'Podfile.lock');
  assert.ok(listed.length >= 10);
  const pods = new Set(listed.map((line) => line.replace(/\/\S*/, '')));
  assert.ok(pods.size >= 10);
  assert.deepEqual(asList(found.packages), [...pods]);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'cocoapods' && record.confidence === 'declared'));
});

test('parts of a pod are the pod, and edges are between pods', () => {
  const { packages = [] } = read(lockFile('judged', 'Podfile.lock'));
  const cable = packages.find((record) => record.name === 'Cable');
  assert.deepEqual(cable?.requires, ['Buoy@2.0.0', 'Dock+Crane@3.1.0']);
  const anchor = packages.find((record) => record.name === 'Anchor');
  assert.deepEqual(anchor?.requires, ['Buoy@2.0.0']);
});

test('pods of folders are the project’s own', () => {
  const found = read('PODS:\n  - A (1.0)\n  - B (2.0)\n  - C\n\nEXTERNAL SOURCES:\n  B:\n    :path: ../b\n');
  assert.deepEqual(asList(found.packages), ['A 1.0']);
  assert.deepEqual(found.unknowns, ['an entry without a version: "C"']);
});

test('another file is an error', () => {
  for (const text of ['', 'a: b', '- a']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
