import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { root } from '../lib/files.ts';
import { readFaults } from './faults.ts';

test('every fault finds its place once, and its test file is there', () => {
  const faults = readFaults();
  const sources = new Map(faults.map(({ file }) => [file, textOf(file)]));
  const lost = faults.filter(({ file, find }) => (sources.get(file) ?? '').split(find).length !== 2);
  assert.deepEqual(
    lost.map(({ id, file }) => `${id}: ${file}`),
    [],
  );
  const untested = faults.filter(({ test: { file } }) => !existsSync(resolve(root, file)));
  assert.deepEqual(
    untested.map(({ id, test: { file } }) => `${id}: ${file}`),
    [],
  );
});

function textOf(file: string): string {
  const path = resolve(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
