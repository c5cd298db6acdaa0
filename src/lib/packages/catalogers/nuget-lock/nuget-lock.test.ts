import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { nugetLock } from './index.ts';

evidence('catalogers/nuget-lock', 'real tool', 'a lock file in the form of NuGet, as another scanner reads it');

const PATH = 'srv/packages.lock.json';

catalogerContract(nugetLock, { example: { path: PATH, bytes: lockFile('judged', 'packages.lock.json') } });

function read(text: string | Uint8Array): Found {
  return nugetLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what is listed elsewhere', () => {
  const found = read(lockFile('judged', 'packages.lock.json'));
  const listed = listOf('judged', 'packages.lock.json');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'nuget' && record.confidence === 'declared'));
});

test('projects are none of its packages, and what meets a need depends on the framework', () => {
  const { packages = [] } = read(lockFile('judged', 'packages.lock.json'));
  assert.ok(packages.every((record) => record.name !== 'sample.library'));
  const anchor = packages.find((record) => record.name === 'Acme.Anchor');
  assert.deepEqual(anchor?.requires, ['Acme.Buoy@2.0.0', 'Acme.Cable@1.0.0.4', 'Acme.Buoy@2.0.1']);
  assert.deepEqual(read('{"dependencies": {"net8.0": {"A": {"type": "Direct"}}}}').unknowns, [
    'an entry without a version: "A"',
  ]);
});

test('another file is an error', () => {
  for (const text of ['', '{}', '[]', '{']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
