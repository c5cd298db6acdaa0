import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { BlobRecords } from '#model/platform/records.ts';
import type { Standing } from '#model/platform/state.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { blob, collect, layer, manifest, PUSHER, push, state, withCode } from './samples.ts';

export function blobsContract(driver: MetadataContractDriver): void {
  group(driver, 'blobs', (stores) => {
    it('keeps the first key of a digest', async () => {
      const { store } = stores;
      const { blobs } = store.records;
      const mine = await store.records.repositories.ensure('b/mine', 1);
      const theirs = await store.records.repositories.ensure('b/theirs', 1);
      const first = blob('same bytes', 'first');
      const second = blob('same bytes', 'second');
      assert.equal(await blobs.link(mine, first, 'user:one', 5), 'first');
      assert.equal(await blobs.link(mine, first, 'user:one', 6), 'first');
      assert.equal(await blobs.linked(theirs.id, first.digest), null);
      assert.equal(await blobs.link(theirs, second, 'user:two', 7), 'first');
      const record = { ...first, createdAt: 5, verifiedAt: 5, damagedAt: null };
      assert.deepEqual(await blobs.find(first.digest), record);
      assert.deepEqual(await blobs.linked(mine.id, first.digest), { ...record, uploadedBy: ['user:one'] });
      assert.deepEqual(await blobs.linked(theirs.id, first.digest), { ...record, uploadedBy: ['user:two'] });
      assert.deepEqual(
        await blobs.linkedAmong(theirs.id, [first.digest, digestOf('nobody')]),
        new Map([[first.digest, record]]),
      );
      assert.deepEqual(await blobs.linkedAmong(theirs.id, []), new Map());
      assert.deepEqual(await blobs.holders(first.digest, 10), [mine, theirs]);
      assert.deepEqual(await blobs.holders(first.digest, 1), [mine]);
      assert.equal(await blobs.find(digestOf('?')), null);
    });

    it('has one key for all who link a digest at once', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('b/race', 1);
      const keys = await Promise.all(
        Array.from(
          { length: 20 },
          async (_, index) =>
            await (index % 2 === 0 ? store : other).transaction((records) =>
              records.blobs.link(repository, blob('raced', `key ${index}`), PUSHER, index),
            ),
        ),
      );
      assert.equal(new Set(keys).size, 1);
      assert.equal((await store.records.blobs.find(digestOf('raced')))?.key, keys[0]);
    });

    it('takes new bytes for those that are damaged', async () => {
      const { store } = stores;
      const { blobs, upkeep } = store.records;
      const repository = await store.records.repositories.ensure('b/damaged', 1);
      const first = blob('rots', 'rotten');
      await blobs.link(repository, first, PUSHER, 1);
      assert.equal(await upkeep.setVerified(first, 10, true), false);
      assert.equal(await upkeep.setVerified(first, 11, true), true);
      assert.equal((await blobs.find(first.digest))?.damagedAt, 10);
      assert.equal(await blobs.link(repository, blob('rots', 'sound'), PUSHER, 12), 'sound');
      assert.deepEqual(await blobs.find(first.digest), {
        ...blob('rots', 'sound'),
        createdAt: 1,
        verifiedAt: 12,
        damagedAt: null,
      });
      // What the scrubber still finds out about the old bytes says nothing of the new ones.
      assert.equal(await upkeep.setVerified(first, 13, true), null);
      assert.equal((await blobs.find(first.digest))?.damagedAt, null);
    });

    it('mounts what is known, and nothing else', async () => {
      const { store } = stores;
      const { blobs, upkeep } = store.records;
      const from = await store.records.repositories.ensure('b/from', 1);
      const into = await store.records.repositories.ensure('b/into', 1);
      const stored = blob('mounted');
      await assert.rejects(blobs.mount(into, stored.digest, PUSHER, 1), withCode('BLOB_GONE'));
      await blobs.link(from, stored, PUSHER, 1);
      await blobs.mount(into, stored.digest, 'user:mounts', 2);
      await blobs.mount(into, stored.digest, 'user:mounts', 3);
      await blobs.mount(into, stored.digest, 'user:too', 4);
      assert.deepEqual((await blobs.linked(into.id, stored.digest))?.uploadedBy, ['user:mounts', 'user:too']);
      assert.equal(await upkeep.forget(stored.digest), false);
      assert.equal(await blobs.unlink(from.id, stored.digest), true);
      assert.equal(await blobs.unlink(from.id, stored.digest), false);
      assert.equal(await blobs.unlink(into.id, stored.digest), true);
      assert.equal(await upkeep.forget(stored.digest), true);
      assert.equal(await upkeep.forget(stored.digest), false);
      assert.equal(await blobs.find(stored.digest), null);
    });

    it('never forgets what is linked or mounted at that moment', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('b/forget', 1);
      for (let round = 0; round < 20; round += 1) {
        const stored = blob(`forgotten ${round}`);
        await store.records.blobs.link(repository, stored, PUSHER, 1);
        await store.records.blobs.unlink(repository.id, stored.digest);
        const isLink = round % 2 === 0;
        const [held] = await Promise.allSettled([
          store.transaction(async (records) => {
            await (isLink
              ? records.blobs.link(repository, blob(`forgotten ${round}`, `again ${round}`), PUSHER, 2)
              : records.blobs.mount(repository, stored.digest, PUSHER, 2));
          }),
          other.transaction((records) => records.upkeep.forget(stored.digest)),
        ]);
        const linked = await store.records.blobs.linked(repository.id, stored.digest);
        assert.equal(linked !== null, held.status === 'fulfilled');
        assert.ok(held.status === 'fulfilled' || (!isLink && withCode('BLOB_GONE')(held.reason)));
      }
    });

    it('never unlinks what a manifest comes to need at that moment', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('b/unlink', 1);
      await store.records.upkeep.unlinkUnneeded(1000, 1000);
      for (let round = 0; round < 20; round += 1) {
        const stored = blob(`unlinked ${round}`);
        await store.records.blobs.link(repository, stored, PUSHER, 1);
        const image = manifest(`needs ${round}`, { references: [layer(stored)] });
        const [pushed, unlinked] = await Promise.allSettled([
          store.transaction((records) => records.manifests.insert(repository, image, state('quarantined'))),
          other.transaction((records) =>
            round % 2 === 0
              ? records.blobs.unlink(repository.id, stored.digest)
              : records.upkeep.unlinkUnneeded(2, 100).then((count) => count > 0),
          ),
        ]);
        const linked = await store.records.blobs.linked(repository.id, stored.digest);
        assert.equal(linked !== null, pushed.status === 'fulfilled');
        assert.equal(linked === null, unlinked.status === 'fulfilled' && unlinked.value);
        const reasons = [pushed, unlinked].flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
        assert.ok(reasons.every((reason) => isAppError(reason) && /^BLOB_(?:NOT_IN|IN_USE)/.test(reason.code)));
      }
    });

    it('says for a blob the standings of what reaches it in that repository', async () => {
      const { store } = stores;
      const { blobs, manifests } = store.records;
      // All of so few are among the first, and come again.
      const standings = async (...args: Parameters<BlobRecords['standings']>): Promise<readonly Standing[]> => {
        const found = await collect(blobs.standings(...args));
        assert.deepEqual(found.slice(found.length / 2), found.slice(0, found.length / 2));
        return found.slice(found.length / 2);
      };
      const mine = await store.records.repositories.ensure('b/standings', 1);
      const theirs = await store.records.repositories.ensure('c/standings', 1);
      const base = blob('base layer');
      for (const repository of [mine, theirs]) {
        await blobs.link(repository, base, PUSHER, 1);
      }
      assert.deepEqual(await standings(mine.id, base.digest, null), []);
      await push(store, theirs, manifest('theirs', { references: [layer(base)], pushedBy: 'user:them' }));
      assert.deepEqual(await standings(mine.id, base.digest, null), []);
      for (let index = 0; index < 5; index += 1) {
        await push(store, mine, manifest(`mine ${index}`, { references: [layer(base)] }), state('quarantined', index));
      }
      assert.equal((await standings(mine.id, base.digest, null)).length, 1);
      const approved = digestOf('mine 3');
      await manifests.setState(mine.id, approved, 'quarantined', state('approved', 9));
      for (const [index, validUntil] of [50, null, 70].entries()) {
        await manifests.setApproval(mine, digestOf(`mine ${index + 2}`), {
          environment: 'prod',
          decision: 'approved',
          reason: '',
          verdict: null,
          validUntil,
          decidedAt: 1,
          decidedBy: 'user:approver',
        });
      }
      await push(store, mine, manifest('by another', { references: [layer(base)], pushedBy: 'user:another' }));
      const found = await standings(mine.id, base.digest, 'prod');
      assert.deepEqual(
        found.map(({ pushedBy, state: its, approval }) => [
          pushedBy,
          its?.lifecycle,
          approval?.decision,
          approval?.validUntil,
        ]),
        [
          ['user:another', 'quarantined', undefined, undefined],
          [PUSHER, 'approved', 'approved', null],
          [PUSHER, 'quarantined', undefined, undefined],
          [PUSHER, 'quarantined', 'approved', 70],
        ],
      );
      await store.records.trash.delete(mine.id, approved, PUSHER, 20);
      const left = await standings(mine.id, base.digest, null);
      assert.ok(left.every(({ state: its }) => its?.lifecycle === 'quarantined'));
      // A layer that is fetched elsewhere is no way to what others have uploaded here.
      const secret = blob('uploaded by others');
      await blobs.link(mine, secret, 'user:others', 1);
      await push(store, mine, manifest('peeks', { references: [{ ...layer(secret), isHeld: false }] }));
      assert.deepEqual(await standings(mine.id, secret.digest, null), []);
    });

    it('finds the one manifest of many that somebody may see', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('b/many', 1);
      const base = blob('base of many');
      await store.records.blobs.link(repository, base, PUSHER, 1);
      const images = Array.from({ length: 200 }, (_, index) =>
        manifest(`of many ${index}`, { references: [layer(base)] }),
      );
      await store.transaction(async (records) => {
        for (const image of images) {
          await records.manifests.insert(repository, image, state('quarantined'));
        }
      });
      const last =
        images
          .map(({ digest }) => digest)
          .toSorted()
          .at(-1) ?? digestOf('');
      await store.records.manifests.setState(repository.id, last, 'quarantined', state('approved', 7));
      const found = await collect(store.records.blobs.standings(repository.id, base.digest, null));
      assert.deepEqual(
        found.map((standing) => standing.state?.lifecycle),
        ['quarantined', 'approved', 'quarantined'],
      );
    });
  });
}
