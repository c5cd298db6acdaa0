import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { DocumentRecord } from '#model/platform/records.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { ALL, withCode } from './samples.ts';

function document(name: string, revision: number, changes: Partial<DocumentRecord> = {}): DocumentRecord {
  const content = `${name}, revision ${revision}`;
  return {
    kind: 'policy',
    name,
    revision,
    digest: digestOf(content),
    content,
    createdAt: revision,
    createdBy: 'user:alice',
    isRemoved: false,
    ...changes,
  };
}

const FIRST = { before: null, limit: 10 };

function summary({ content: _, ...rest }: DocumentRecord): Omit<DocumentRecord, 'content'> {
  return rest;
}

export function documentsContract(driver: MetadataContractDriver): void {
  group(driver, 'documents', (stores) => {
    const projectOf = async (name: string): Promise<string> =>
      (await stores.store.records.repositories.ensure(`${name}/app`, 1)).projectId;

    it('keeps every revision', async () => {
      const { store, other } = stores;
      const project = await projectOf('revisions');
      const { documents } = store.records;
      for (const revision of [1, 2, 3]) {
        assert.equal(await documents.write(project, document('gate', revision)), true);
      }
      assert.deepEqual(await other.records.documents.find(project, 'policy', 'gate'), document('gate', 3));
      const newestFirst = [3, 2, 1].map((revision) => summary(document('gate', revision)));
      const history = async (before: number | null, limit: number) =>
        await other.records.documents.history(project, 'policy', 'gate', { before, limit });
      assert.deepEqual(await history(null, 10), newestFirst);
      assert.deepEqual([await history(3, 1), await history(1, 1)], [newestFirst.slice(1, 2), []]);
      const one = async (revision: number | null) => await documents.revision(project, 'policy', 'gate', revision);
      assert.deepEqual([await one(2), await one(null), await one(4)], [document('gate', 2), document('gate', 3), null]);
      assert.equal(await documents.find(project, 'environment', 'gate'), null);
      assert.equal(await documents.find(await projectOf('else'), 'policy', 'gate'), null);
    });

    it('takes the revision that follows the newest, and no other', async () => {
      const { documents } = stores.store.records;
      const project = await projectOf('order');
      for (const revision of [0, 2, -1]) {
        assert.equal(await documents.write(project, document('gate', revision)), false);
      }
      await documents.write(project, document('gate', 1));
      for (const revision of [1, 3]) {
        assert.equal(await documents.write(project, document('gate', revision, { content: 'x' })), false);
      }
      assert.deepEqual(await documents.history(project, 'policy', 'gate', FIRST), [summary(document('gate', 1))]);
    });

    it('lets one of many write a revision', async () => {
      const { store, other } = stores;
      const project = await projectOf('race');
      const raced = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 === 0 ? store : other).records.documents.write(
            project,
            document('gate', 1, { createdBy: `user:${index}` }),
          ),
        ),
      );
      assert.equal(raced.filter((isWritten) => isWritten).length, 1);
      const found = await store.records.documents.find(project, 'policy', 'gate');
      assert.equal(found?.createdBy, `user:${raced.indexOf(true)}`);
    });

    it('hides what is removed, and goes on from there', async () => {
      const { documents } = stores.store.records;
      const project = await projectOf('removed');
      await documents.write(project, document('gate', 1));
      await documents.write(project, document('gate', 2, { isRemoved: true }));
      assert.equal(await documents.find(project, 'policy', 'gate'), null);
      assert.deepEqual(await documents.list(project, 'policy', ALL), []);
      assert.equal((await documents.history(project, 'policy', 'gate', FIRST)).length, 2);
      assert.equal((await documents.revision(project, 'policy', 'gate', null))?.isRemoved, true);
      assert.equal(await documents.write(project, document('gate', 3)), true);
      assert.deepEqual(await documents.find(project, 'policy', 'gate'), document('gate', 3));
    });

    it('lists the newest of each by name, page by page', async () => {
      const { documents } = stores.store.records;
      const project = await projectOf('list');
      for (const name of ['c', 'a', 'b', 'gone', 'B']) {
        await documents.write(project, document(name, 1));
      }
      await documents.write(project, document('b', 2));
      await documents.write(project, document('gone', 2, { isRemoved: true }));
      await documents.write(project, document('other', 1, { kind: 'environment' }));
      const listed = ['B', 'a', 'b', 'c'].map((name) => document(name, name === 'b' ? 2 : 1));
      assert.deepEqual(await documents.list(project, 'policy', ALL), listed);
      assert.deepEqual(await documents.list(project, 'policy', { after: 'B', limit: 2 }), listed.slice(1, 3));
      const counts = [
        await documents.count(project, ['policy']),
        await documents.count(project, ['policy', 'environment']),
      ];
      assert.deepEqual([...counts, await documents.count(project, ['other'])], [4, 5, 0]);
    });

    it('makes a project without a repository, once for all who ask at once', async () => {
      const { store, other } = stores;
      assert.equal(await store.records.documents.project('.installation'), null);
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 === 0 ? store : other).records.documents.ensureProject('.installation', 1),
        ),
      );
      assert.equal(new Set(made).size, 1);
      assert.equal(await other.records.documents.project('.installation'), made[0]);
      assert.equal(await store.transaction((records) => records.documents.ensureProject('.installation', 2)), made[0]);
      assert.deepEqual(await store.records.repositories.list(['.installation'], ALL), []);
    });

    it('refuses a digest that is none', async () => {
      const { store, database } = stores;
      const project = await projectOf('damaged');
      await store.records.documents.write(project, document('hurt', 1));
      await database.query("UPDATE documents SET digest = 'sha256:x' WHERE name = 'hurt' RETURNING name");
      await assert.rejects(store.records.documents.find(project, 'policy', 'hurt'), withCode('RECORD_DAMAGED'));
    });
  });
}
