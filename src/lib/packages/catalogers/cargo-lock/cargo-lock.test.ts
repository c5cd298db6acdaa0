import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { cargoLock } from './index.ts';

evidence('catalogers/cargo-lock', 'real tool', 'a lock file that cargo wrote, as cargo metadata lists it');

const PATH = 'srv/app/Cargo.lock';

catalogerContract(cargoLock, { example: { path: PATH, bytes: lockFile('cargo', 'Cargo.lock') } });

function read(text: string | Uint8Array): Found {
  return cargoLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('the crates are those of cargo metadata', () => {
  const found = read(lockFile('cargo', 'Cargo.lock'));
  const listed = listOf('cargo', 'Cargo.lock');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'cargo' && record.confidence === 'declared'));
});

test('the edges are those of cargo metadata, of two versions of a crate the right one', () => {
  const { packages = [] } = read(lockFile('cargo', 'Cargo.lock'));
  const edges = packages.flatMap(({ name, version, requires = [] }) =>
    requires.map((needed) => `${name} ${version} -> ${needed.replace('@', ' ')}`),
  );
  const listed = lockFile('cargo', 'Cargo.lock.edges').toString().trim().split('\n');
  assert.ok(listed.length >= 10);
  assert.deepEqual(edges.toSorted(), listed.toSorted());
});

test('crates of the project itself are not among them, those of git are', () => {
  const text = `version = 3
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["a"]
[[package]]
name = "a"
version = "1.0.0"
source = "git+https://example.org/a?branch=x#0123"
dependencies = ["b 2.0.0 (registry+https://example.org/index)", "c 9.9.9", "missing"]
[[package]]
name = "b"
version = "2.0.0"
source = "registry+https://example.org/index"
checksum = "00"
`;
  assert.deepEqual(read(text), {
    packages: [
      { type: 'cargo', name: 'a', version: '1.0.0', requires: ['b@2.0.0'], licenses: [], confidence: 'declared' },
      { type: 'cargo', name: 'b', version: '2.0.0', provides: ['b@2.0.0'], licenses: [], confidence: 'declared' },
    ],
  });
});

test('what has no name or version is an unknown, and another kind of file an error', () => {
  const found = read('[[package]]\nname = "a b"\nversion = "1"\nsource = "x"\n[[package]]\nname = "c"\n');
  assert.deepEqual(found.unknowns, [
    'an entry without a usable name: "a b"',
    'an entry without a name and a version: "c"',
  ]);
  for (const text of ['', 'a = 1', '[[package]]\nname = "a"\nname = "b"']) {
    assert.throws(() => read(text), { code: 'PACKAGE_METADATA_INVALID', object: PATH }, text);
  }
});
