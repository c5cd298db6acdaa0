import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { juliaLock } from './index.ts';

evidence('catalogers/julia-lock', 'real tool', 'manifests in the form of Pkg, as another scanner reads them');

/** Of the standard library: they have the version of Julia itself, which the other reader gives them. */
const STANDARD: ReadonlySet<string> = new Set(['Artifacts', 'Dates']);
const PATH = 'srv/Manifest.toml';

catalogerContract(juliaLock, { example: { path: PATH, bytes: lockFile('judged', 'v2/Manifest.toml') } });

function read(text: string | Uint8Array): Found {
  return juliaLock.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what is listed elsewhere', () => {
  const found = read(lockFile('judged', 'v2/Manifest.toml'));
  const listed = listOf('judged', 'v2/Manifest.toml');
  assert.ok(listed.length >= 10);
  assert.deepEqual(
    asList(found.packages),
    listed.filter((line) => !STANDARD.has(line.split(' ')[0] ?? '')),
  );
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'julia' && record.confidence === 'declared'));
});

test('format 1 is read as well, and packages have their UUID', () => {
  const { packages = [] } = read(lockFile('judged', 'v1/Manifest.toml'));
  assert.deepEqual(packages, read(lockFile('judged', 'v2/Manifest.toml')).packages);
  const anchor = packages.find((record) => record.name === 'Anchor');
  assert.deepEqual(anchor?.requires, ['Buoy@0.1.0', 'Cable@2.0.0']);
  assert.match(anchor?.qualifiers?.['uuid'] ?? '', /^[0-9a-f]{8}-/);
});

test('folders are the project’s own, and a package without a UUID is an unknown', () => {
  const found = read(
    '[[A]]\nuuid = "x"\nversion = "1"\npath = "a"\n[[B]]\nversion = "1"\n[[C]]\nuuid = "y"\nversion = "2"\ndeps = {A = "x"}\n',
  );
  assert.deepEqual(asList(found.packages), ['C 2']);
  assert.deepEqual(found.unknowns, ['an entry without a UUID: "B"']);
  assert.deepEqual(read('manifest_format = "2.0"\n'), { packages: [] });
});

test('another file is an error', () => {
  for (const text of ['', 'a = 1', '[package]']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
