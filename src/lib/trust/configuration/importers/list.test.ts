import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { trustImporters } from './list.ts';

test('the list of importers is their folders', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  assert.deepEqual(
    trustImporters.map(({ id }) => id),
    folders,
  );
});

test('every importer has one export, itself', async () => {
  for (const importer of trustImporters) {
    const exported = (await import(`./${importer.id}/index.ts`)) as Readonly<Record<string, unknown>>;
    assert.deepEqual(Object.values(exported), [importer]);
  }
});
