import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import { keyDrivers } from './list.ts';
import { openKey } from './open.ts';

const folders = readdirSync(join(import.meta.dirname, 'drivers'));

test('the list of key drivers holds every folder, sorted, and nothing else', () => {
  assert.deepEqual(
    keyDrivers.map(({ id }) => id),
    folders.toSorted(),
  );
});

for (const folder of folders) {
  test(`${folder} exports its driver and nothing else`, async () => {
    const exported: unknown[] = Object.values(
      (await import(`./drivers/${folder}/index.ts`)) as Record<string, unknown>,
    );
    assert.equal(exported.length, 1);
    assert.ok(keyDrivers.some((member) => member.id === folder && member === exported[0]));
  });
}

test('a reference is opened by one driver, or by none', async () => {
  const access = keyAccessFor();
  for (const [reference, code] of [
    ['release.key', 'ENOENT'],
    ['./a:b.key', 'ENOENT'],
    ['file:///nowhere/release.key', 'ENOENT'],
    ['file://elsewhere/release.key', 'KEY_REFERENCE_UNKNOWN'],
    ['nowhere://key', 'KEY_REFERENCE_UNKNOWN'],
    ['env:KEY', 'KEY_REFERENCE_UNKNOWN'],
  ] as const) {
    assert.ok(keyDrivers.filter((driver) => driver.opens(reference)).length <= 1);
    await assert.rejects(openKey(reference, access), { code }, reference);
  }
});
