import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { ALL, manifest, PUSHER, push, withCode } from './samples.ts';

export function tagsContract(driver: MetadataContractDriver): void {
  group(driver, 'tags', (stores) => {
    it('says what a tag meant before, and what it meant when it goes', async () => {
      const { store } = stores;
      const { tags } = store.records;
      const repository = await store.records.repositories.ensure('tags/move', 1);
      const elsewhere = await store.records.repositories.ensure('tags/elsewhere', 1);
      const first = await push(store, repository, manifest('first'));
      const second = await push(store, repository, manifest('second'));
      await push(store, elsewhere, manifest('first'));
      assert.equal(await tags.set(repository, 'latest', first.digest, PUSHER, 1), null);
      assert.equal(await tags.set(elsewhere, 'latest', first.digest, PUSHER, 1), null);
      assert.equal(await tags.set(repository, 'latest', second.digest, PUSHER, 2), first.digest);
      assert.equal(await tags.set(repository, 'latest', second.digest, PUSHER, 3), second.digest);
      await assert.rejects(
        tags.set(repository, 'latest', digestOf('nothing'), PUSHER, 4),
        withCode('MANIFEST_NOT_IN_REPOSITORY'),
      );
      assert.equal(await tags.delete(repository.id, 'latest', 5), second.digest);
      assert.equal(await tags.delete(repository.id, 'latest', 5), null);
      assert.deepEqual(await tags.list(elsewhere.id, ALL), [{ name: 'latest', digest: first.digest }]);
    });

    it('lists by bytes, in pages', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('tags/list', 1);
      const { digest } = await push(store, repository, manifest('listed'));
      const names = ['1.0', '1.0-rc', '1.10', '1.9', 'B', '_x', 'a', 'a.1', 'aB', 'ab'];
      await store.transaction(async (records) => {
        for (const name of names.toReversed()) {
          await records.tags.set(repository, name, digest, PUSHER, 1);
        }
      });
      const listed = await store.records.tags.list(repository.id, ALL);
      assert.deepEqual(
        listed.map(({ name }) => name),
        names,
      );
      const page = await store.records.tags.list(repository.id, { after: '1.9', limit: 3 });
      assert.deepEqual(
        page.map(({ name }) => name),
        ['B', '_x', 'a'],
      );
    });

    it('has each of those who set it at once know the one before', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('tags/race', 1);
      const images = await Promise.all(
        Array.from({ length: 12 }, async (_, index) => await push(store, repository, manifest(`race ${index}`))),
      );
      const before = await Promise.all(
        images.map(
          async ({ digest }, index) =>
            await (index % 2 === 0 ? store : other).transaction((records) =>
              records.tags.set(repository, 'latest', digest, PUSHER, index),
            ),
        ),
      );
      const [last] = await store.records.tags.list(repository.id, ALL);
      const seen = [...before.filter((digest) => digest !== null), last?.digest];
      assert.equal(before.filter((digest) => digest === null).length, 1);
      assert.deepEqual(new Set(seen), new Set(images.map(({ digest }) => digest)));
    });

    it('is never left on a manifest that is deleted at that moment', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('tags/deleted', 1);
      for (let round = 0; round < 20; round += 1) {
        const { digest } = await push(store, repository, manifest(`deleted ${round}`));
        const [set, removed] = await Promise.allSettled([
          store.transaction((records) => records.tags.set(repository, 'latest', digest, PUSHER, round)),
          other.transaction((records) => records.trash.delete(repository.id, digest, PUSHER, round)),
        ]);
        assert.equal(removed.status, 'fulfilled');
        assert.deepEqual(await store.records.tags.list(repository.id, ALL), []);
        const taken = removed.status === 'fulfilled' ? removed.value : null;
        assert.deepEqual(taken, set.status === 'fulfilled' ? ['latest'] : []);
      }
    });
  });
}
