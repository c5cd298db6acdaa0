import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { phpLock } from './index.ts';

evidence('catalogers/php-lock', 'real tool', 'a lock file that Composer wrote, as Composer lists it');

const PATH = 'srv/composer.lock';

catalogerContract(phpLock, { example: { path: PATH, bytes: lockFile('php', 'composer.lock') } });

function read(text: string | Uint8Array): Found {
  return phpLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what is listed elsewhere', () => {
  const found = read(lockFile('php', 'composer.lock'));
  const listed = listOf('php', 'composer.lock');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'composer' && record.confidence === 'declared'));
});

test('edges and licences are those of the file, folders are none of its packages', () => {
  const { packages = [] } = read(lockFile('php', 'composer.lock'));
  const cable = packages.find((record) => record.name === 'acme/cable');
  assert.deepEqual(cable?.requires, ['acme/buoy']);
  assert.deepEqual(cable?.licenses, ['BSD-3-Clause', 'GPL-2.0-only']);
  assert.ok(packages.every((record) => record.name !== 'acme/own'));
});

test('another file is an error', () => {
  for (const text of ['', '{}', '[]', '{']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
