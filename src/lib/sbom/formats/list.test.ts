import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { sbomFormats, sbomWriters } from './list.ts';

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

test('every version of every format can be asked for by its name', () => {
  const names = Object.values(sbomFormats).flatMap((format) => Object.keys(format.writers));
  assert.deepEqual(Object.keys(sbomWriters), names);
  for (const { id, writers } of Object.values(sbomFormats)) {
    const [first, ...versions] = Object.keys(writers);
    assert.equal(first ?? 'syft', id, 'all but the JSON of Syft, which is read and not written');
    assert.ok(first === undefined || (versions.length > 0 && versions.every((name) => name.startsWith(`${id}@`))));
  }
});
