import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { evidenceFormats } from './list.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test('the list of evidence formats holds every folder, sorted, and nothing else', () => {
  assert.deepEqual(
    evidenceFormats.map((member) => member.id),
    folders.toSorted(),
  );
});

for (const folder of folders) {
  test(`${folder} exports its evidence format and nothing else`, async () => {
    const exported: unknown[] = Object.values((await import(`./${folder}/index.ts`)) as Record<string, unknown>);
    assert.equal(exported.length, 1);
    assert.ok(evidenceFormats.some((member) => member.id === folder && member === exported[0]));
  });
}
