import assert from 'node:assert/strict';
import { it } from 'node:test';
import { group, type MetadataContractDriver } from './database.ts';
import { ALL } from './samples.ts';

export function repositoriesContract(driver: MetadataContractDriver): void {
  group(driver, 'repositories', (stores) => {
    it('makes a repository and its project once', async () => {
      const { store } = stores;
      assert.equal(await store.records.repositories.find('once/app'), null);
      const made = await store.records.repositories.ensure('once/app', 5);
      assert.equal(made.project, 'once');
      assert.equal(made.name, 'once/app');
      assert.deepEqual(await store.records.repositories.ensure('once/app', 6), made);
      assert.deepEqual(await store.records.repositories.find('once/app'), made);
      const sibling = await store.records.repositories.ensure('once/other/deep', 7);
      assert.equal(sibling.projectId, made.projectId);
      assert.notEqual(sibling.id, made.id);
    });

    it('makes one of what many ask for at once', async () => {
      const { store, other } = stores;
      const asked = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : other));
      const made = await Promise.all(
        asked.map(async (one) => await one.transaction((records) => records.repositories.ensure('race/app', 1))),
      );
      assert.equal(new Set(made.map(({ id }) => id)).size, 1);
      assert.equal(new Set(made.map(({ projectId }) => projectId)).size, 1);
    });

    it('lists by bytes, in pages, and only what is of a name or below it', async () => {
      const { repositories } = stores.store.records;
      const names = ['l/a-b', 'l/a.b', 'l/a/b', 'l/a_b', 'l/aa', 'l/b', 'l0/x', 'la/b'];
      for (const name of names.toReversed()) {
        await repositories.ensure(name, 1);
      }
      const listed = async (prefixes: readonly string[]): Promise<readonly string[]> =>
        (await repositories.list(prefixes, ALL)).map(({ name }) => name);
      assert.deepEqual(await listed(['l/', 'l0/', 'la/']), names);
      assert.deepEqual(await listed(['l/a']), []);
      assert.deepEqual(await listed(['l/aa', 'l/a/', 'l/a', 'l/a-b']), ['l/a-b', 'l/a/b', 'l/aa']);
      assert.deepEqual(await listed(['']), await listed(['', 'l/', 'l/b']));
      assert.deepEqual(await listed(['l/a_', 'l/a_b', 'l/b', 'l/b']), ['l/a_b', 'l/b']);
      assert.deepEqual(await listed([]), []);
      assert.deepEqual(
        (await repositories.list(null, { after: 'l/a_b', limit: 3 })).map(({ name }) => name),
        ['l/aa', 'l/b', 'l0/x'],
      );
    });

    it('lists with more prefixes than fit in a statement', async () => {
      const { repositories } = stores.store.records;
      await repositories.ensure('many/p0007', 1);
      await repositories.ensure('many/p2999', 1);
      const prefixes = Array.from({ length: 3000 }, (_, index) => `many/p${String(index).padStart(4, '0')}`);
      const listed = await repositories.list(prefixes.toReversed(), ALL);
      assert.deepEqual(
        listed.map(({ name }) => name),
        ['many/p0007', 'many/p2999'],
      );
      assert.equal((await repositories.list(prefixes, { after: null, limit: 1 })).length, 1);
    });
  });
}
