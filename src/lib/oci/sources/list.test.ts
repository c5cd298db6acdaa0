import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { sources } from './list.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test('the list holds every folder and nothing else', () => {
  const ids = Object.values(sources).map((source) => source.id);
  assert.deepEqual(ids.toSorted(), folders.toSorted());
});

for (const folder of folders) {
  test(`${folder} exports its source and nothing else`, async () => {
    const exported: unknown[] = Object.values((await import(`./${folder}/index.ts`)) as Record<string, unknown>);
    assert.equal(exported.length, 1);
    assert.ok(Object.values(sources).some((source) => source.id === folder && source === exported[0]));
  });
}
