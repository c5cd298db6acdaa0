import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { exceptionImporters } from './list.ts';

test('the list of importers is their folders', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  assert.deepEqual(
    exceptionImporters.map(({ id }) => id),
    folders,
  );
});

test('every importer has one export, itself', async () => {
  for (const importer of exceptionImporters) {
    const exported = (await import(`./${importer.id}/index.ts`)) as Readonly<Record<string, unknown>>;
    assert.deepEqual(Object.values(exported), [importer]);
  }
});
