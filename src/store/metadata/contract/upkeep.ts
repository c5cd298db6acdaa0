import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { BlobKey } from '#model/platform/blob-store.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { blob, layer, manifest, PUSHER, push } from './samples.ts';

export function upkeepContract(driver: MetadataContractDriver): void {
  group(driver, 'upkeep', (stores) => {
    it('unlinks what nothing needs, after its time, and then finds it unheld', async () => {
      const { store } = stores;
      const { blobs, upkeep } = store.records;
      const repository = await store.records.repositories.ensure('u/unlink', 1);
      const needed = blob('needed');
      const unneeded = ['one', 'two', 'three'].map((text) => blob(text));
      const young = blob('young');
      const again = blob('linked again');
      for (const stored of [needed, ...unneeded, again]) {
        await blobs.link(repository, stored, PUSHER, 100);
      }
      await blobs.link(repository, young, PUSHER, 200);
      await blobs.link(repository, again, PUSHER, 200);
      await push(store, repository, manifest('needs', { references: [layer(needed)] }));
      assert.equal(await upkeep.unlinkUnneeded(100, 10), 0);
      assert.equal(await upkeep.unlinkUnneeded(150, 2), 2);
      assert.equal(await upkeep.unlinkUnneeded(150, 10), 1);
      assert.equal(await upkeep.unlinkUnneeded(150, 10), 0);
      for (const stored of [needed, young, again]) {
        assert.notEqual(await blobs.linked(repository.id, stored.digest), null);
      }
      const digests = unneeded.map(({ digest }) => digest).toSorted();
      const unheld = await upkeep.unheld(101, 10);
      assert.deepEqual(
        unheld.map(({ digest }) => digest),
        digests,
      );
      assert.deepEqual(
        (await upkeep.unheld(101, 1)).map(({ digest }) => digest),
        digests.slice(0, 1),
      );
      assert.deepEqual(await upkeep.unheld(100, 10), []);
      assert.deepEqual(await upkeep.totals(), { blobs: 6, bytes: 6 + 3 + 3 + 5 + 5 + 12 });
      const keys = [...unneeded.map(({ key }) => key), 'garbage' as BlobKey];
      assert.deepEqual(await upkeep.known(keys), new Set(unneeded.map(({ key }) => key)));
      assert.equal(await upkeep.forget(digestOf('one')), true);
      assert.equal((await upkeep.known(keys)).size, 2);
      assert.equal((await upkeep.known([])).size, 0);
      const many = Array.from({ length: 50_000 }, (_, index) => `key ${index}` as BlobKey);
      assert.equal((await upkeep.known([...many, ...keys])).size, 2);
    });

    it('names first what was not looked at for longest', async () => {
      const { store } = stores;
      const { blobs, upkeep } = store.records;
      const repository = await store.records.repositories.ensure('u/verify', 1);
      for (const [index, text] of ['v1', 'v2', 'v3'].entries()) {
        await blobs.link(repository, blob(text), PUSHER, 10 + index);
      }
      const texts = async (before: number, limit: number): Promise<readonly string[]> =>
        (await upkeep.leastVerified(before, limit)).map(({ key }) => key);
      assert.deepEqual(await texts(12, 10), ['key of v1', 'key of v2']);
      assert.equal(await upkeep.setVerified(blob('v1'), 50, false), false);
      assert.deepEqual(await texts(60, 2), ['key of v2', 'key of v3']);
      assert.equal(await upkeep.setVerified(blob('never there'), 1, false), null);
    });
  });
}
