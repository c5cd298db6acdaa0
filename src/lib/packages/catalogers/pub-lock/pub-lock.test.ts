import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { pubLock } from './index.ts';

evidence('catalogers/pub-lock', 'real tool', 'a lock file in the form of pub, as another scanner reads it');

const PATH = 'srv/pubspec.lock';

catalogerContract(pubLock, { example: { path: PATH, bytes: lockFile('judged', 'pubspec.lock') } });

function read(text: string | Uint8Array): Found {
  return pubLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what is listed elsewhere', () => {
  const found = read(lockFile('judged', 'pubspec.lock'));
  const listed = listOf('judged', 'pubspec.lock');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'pub' && record.confidence === 'declared'));
});

test('packages of folders and of the SDK are passed over', () => {
  const entry = (source: string): string => `    source: ${source}\n    version: "1.0.0"\n`;
  const found = read(
    `packages:\n  a:\n${entry('path')}  b:\n${entry('sdk')}  c:\n${entry('git')}  d:\n    source: hosted\n`,
  );
  assert.deepEqual(asList(found.packages), ['c 1.0.0']);
  assert.deepEqual(found.unknowns, ['an entry without a version: "d"']);
});

test('another file is an error', () => {
  for (const text of ['', 'a: b', '- a']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
