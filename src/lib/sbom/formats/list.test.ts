import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { sbomFormats } from './list.ts';

test('the list holds the folders, each under its own name', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  assert.deepEqual(Object.keys(sbomFormats), folders.toSorted());
  assert.deepEqual(
    Object.values(sbomFormats).map((format) => format.id),
    Object.keys(sbomFormats),
  );
});
