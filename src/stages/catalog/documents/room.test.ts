import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Records } from '#model/platform/records.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import { DAY } from '#test/fixtures/catalog-world.ts';
import { openDocuments } from '#test/fixtures/documents-world.ts';
import { expiredAtLimit } from './room.ts';

const TOO_MANY = { code: 'DOCUMENTS_TOO_MANY' };

async function write(records: Records, projectId: string, kind: string, name: string, expires: number): Promise<void> {
  const content = JSON.stringify({ kind, metadata: { name }, expires: new Date(expires).toISOString() });
  const rest = { digest: digestOf(content), content, createdAt: 1, createdBy: 'user:x', isRemoved: false };
  assert.ok(await records.documents.write(projectId, { kind, name, revision: 1, ...rest }));
}

test('there is room for a document where time has ended exceptions, and none where it has not', async (context) => {
  const { store, clock } = await openDocuments(context);
  const now = clock.now();
  await store.transaction(async (records) => {
    const projectId = await records.documents.ensureProject(INSTALLATION, now);
    await write(records, projectId, 'Policy', 'age', now);
    await write(records, projectId, 'Exception', 'current', now + DAY);
    await write(records, projectId, 'Exception', 'ended', now);
    await write(records, projectId, 'Exception', 'over', now - DAY);
    await write(records, projectId, 'ExceptionRequest', 'asked', now - DAY);
    const removed = async (max: number) =>
      (await expiredAtLimit({ clock, maxDocuments: max }, records, projectId)).map(({ name, isRemoved }) => [
        name,
        isRemoved,
      ]);
    // Reports name them as long as there is room.
    assert.deepEqual(await removed(4), []);
    assert.deepEqual(await removed(3), [
      ['ended', true],
      ['over', true],
    ]);
    assert.equal((await removed(2)).length, 2);
    await assert.rejects(removed(1), TOO_MANY);
  });
});
