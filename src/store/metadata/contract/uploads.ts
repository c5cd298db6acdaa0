import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { EMPTY_UPLOAD, type UploadState } from '#model/platform/blob-store.ts';
import type { Upload } from '#model/platform/records.ts';
import { group, type MetadataContractDriver } from './database.ts';

const SOME: UploadState = { size: 3, parts: [{ key: 'part', size: 3, digest: digestOf('abc') }] };

export function uploadsContract(driver: MetadataContractDriver): void {
  group(driver, 'uploads', (stores) => {
    const create = async (id: string, updatedAt = 5): Promise<Upload> => {
      const repository = await stores.store.records.repositories.ensure('up/app', 1);
      const upload = { id, repository, owner: 'user:x', algorithm: 'sha512', state: EMPTY_UPLOAD, updatedAt } as const;
      await stores.store.records.uploads.create(upload);
      return { ...upload, version: 1 };
    };

    it('goes on from any process', async () => {
      const { store, other } = stores;
      const made = await create('goes-on');
      assert.deepEqual(await other.records.uploads.find('goes-on'), made);
      assert.equal(await other.records.uploads.update('goes-on', 1, SOME, 9), true);
      const changed = { ...made, state: SOME, version: 2, updatedAt: 9 };
      assert.deepEqual(await store.records.uploads.find('goes-on'), changed);
      assert.equal(await store.records.uploads.remove('goes-on', 2), true);
      assert.equal(await store.records.uploads.remove('goes-on', 2), false);
      assert.equal(await store.records.uploads.find('goes-on'), null);
      assert.equal(await store.records.uploads.update('goes-on', 2, SOME, 9), false);
    });

    it('is kept as it is for whoever comes second', async () => {
      const { store } = stores;
      const made = await create('second');
      assert.equal(await store.records.uploads.update('second', 1, SOME, 6), true);
      assert.equal(await store.records.uploads.update('second', 1, EMPTY_UPLOAD, 7), false);
      assert.equal(await store.records.uploads.remove('second', 1), false);
      assert.deepEqual(await store.records.uploads.find('second'), { ...made, state: SOME, version: 2, updatedAt: 6 });
    });

    it('is won by one of those who change it at once', async () => {
      const { store, other } = stores;
      await create('race');
      for (let version = 1; version <= 10; version += 1) {
        const won = await Promise.all(
          [store, other, store, other].map(
            async (one) => await one.transaction((records) => records.uploads.update('race', version, SOME, version)),
          ),
        );
        assert.equal(won.filter(Boolean).length, 1);
      }
      const ended = await Promise.all([
        store.records.uploads.remove('race', 11),
        other.records.uploads.remove('race', 11),
        other.records.uploads.update('race', 11, SOME, 1),
      ]);
      assert.equal(ended.filter(Boolean).length, 1);
    });

    it('expires, oldest first', async () => {
      const { store } = stores;
      const old = 1_000;
      for (const [index, id] of ['e3', 'e1', 'e2'].entries()) {
        await create(id, old + index);
      }
      const expired = (await store.records.uploads.expired(old + 2, 100)).filter(({ id }) => id.startsWith('e'));
      assert.deepEqual(
        expired.map(({ id }) => id),
        ['e3', 'e1'],
      );
      assert.equal((await store.records.uploads.expired(old + 3, 1)).length, 1);
    });
  });
}
