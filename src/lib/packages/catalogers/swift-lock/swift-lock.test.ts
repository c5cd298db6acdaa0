import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { swiftLock } from './index.ts';

evidence(
  'catalogers/swift-lock',
  'real tool',
  'lock files in the form of Swift Package Manager, as another scanner reads them',
);

const PATH = 'srv/Package.resolved';

catalogerContract(swiftLock, { example: { path: PATH, bytes: lockFile('judged', 'v2/Package.resolved') } });

function read(text: string | Uint8Array): Found {
  return swiftLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what is listed elsewhere', () => {
  const found = read(lockFile('judged', 'v2/Package.resolved'));
  const listed = listOf('judged', 'v2/Package.resolved');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'swift' && record.confidence === 'declared'));
});

test('versions 1 and 3 of the format are read as well', () => {
  for (const name of ['v1/Package.resolved', 'v3/Package.resolved']) {
    const listed = listOf('judged', name);
    assert.ok(listed.length >= 10, name);
    assert.deepEqual(asList(read(lockFile('judged', name)).packages), listed, name);
  }
});

test('addresses of any form name the package, folders and branches do not', () => {
  const pins = [
    { identity: 'a', location: 'git@example.org:acme/a.git', state: { version: '1.0.0' } },
    { identity: 'b', location: 'ssh://git@example.org/acme/b', state: { version: '2.0.0' } },
    { identity: 'c', kind: 'localSourceControl', location: '/srv/c', state: { version: '1.0.0' } },
    { identity: 'd', location: 'https://example.org/acme/d', state: { branch: 'main', revision: '00' } },
    { identity: 'e.f', kind: 'registry', location: '', state: { version: '1.0.0' } },
  ];
  const found = read(JSON.stringify({ pins, version: 3 }));
  assert.deepEqual(asList(found.packages), ['example.org/acme/a 1.0.0', 'example.org/acme/b 2.0.0']);
  assert.deepEqual(found.unknowns, ['2 entries without an address and a version, the first "d"']);
});

test('another file is an error', () => {
  for (const text of ['', '{}', '[]', '{']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
