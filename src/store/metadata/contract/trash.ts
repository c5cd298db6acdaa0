import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Approval } from '#model/platform/state.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { ALL, blob, child, layer, manifest, PUSHER, push, state, withCode } from './samples.ts';

const APPROVAL: Approval = {
  environment: 'prod',
  decision: 'approved',
  reason: '',
  verdict: null,
  validUntil: null,
  decidedAt: 1,
  decidedBy: 'user:approver',
};

export function trashContract(driver: MetadataContractDriver): void {
  group(driver, 'trash', (stores) => {
    it('deletes with its tags, and restores with those that nobody took', async () => {
      const { store } = stores;
      const { manifests, tags, trash } = store.records;
      const repository = await store.records.repositories.ensure('t/restore', 1);
      const image = await push(store, repository, manifest('to be restored'));
      const later = await push(store, repository, manifest('takes a tag'));
      await manifests.setState(repository.id, image.digest, 'quarantined', state('approved', 2));
      await manifests.setApproval(repository, image.digest, APPROVAL);
      for (const name of ['z', 'a', 'taken']) {
        await tags.set(repository, name, image.digest, PUSHER, 2);
      }
      await tags.set(repository, 'other', later.digest, PUSHER, 2);
      assert.deepEqual(await trash.delete(repository.id, image.digest, 'user:x', 50), ['a', 'taken', 'z']);
      assert.equal(await trash.delete(repository.id, image.digest, 'user:x', 51), null);
      assert.equal(await manifests.resolve('t/restore', { tag: 'a' }, null), null);
      assert.equal(await manifests.resolve('t/restore', { digest: image.digest }, null), null);
      assert.equal(await manifests.setState(repository.id, image.digest, 'approved', state('revoked')), false);
      await assert.rejects(
        tags.set(repository, 'new', image.digest, PUSHER, 52),
        withCode('MANIFEST_NOT_IN_REPOSITORY'),
      );
      await tags.set(repository, 'taken', later.digest, PUSHER, 53);
      assert.equal(await trash.restore(repository.id, image.digest, 54), true);
      assert.equal(await trash.restore(repository.id, image.digest, 55), false);
      assert.deepEqual(await tags.list(repository.id, ALL), [
        { name: 'a', digest: image.digest },
        { name: 'other', digest: later.digest },
        { name: 'taken', digest: later.digest },
        { name: 'z', digest: image.digest },
      ]);
      const found = await manifests.find(repository.id, image.digest, 'prod');
      assert.deepEqual(found?.standing, {
        state: state('approved', 2),
        pushedBy: PUSHER,
        approval: APPROVAL,
      });
      assert.equal(await trash.restore(repository.id, digestOf('never there'), 1), false);
    });

    it('puts in quarantine what is pushed again after it was deleted', async () => {
      const { store } = stores;
      const { manifests, trash } = store.records;
      const repository = await store.records.repositories.ensure('t/repush', 1);
      const stored = blob('layer of a repush');
      await store.records.blobs.link(repository, stored, PUSHER, 1);
      const image = await push(store, repository, manifest('repush', { references: [layer(stored)] }));
      await manifests.setState(repository.id, image.digest, 'quarantined', state('approved', 2));
      await manifests.setApproval(repository, image.digest, APPROVAL);
      await store.records.tags.set(repository, 'latest', image.digest, PUSHER, 2);
      await trash.delete(repository.id, image.digest, 'user:x', 3);
      await push(store, repository, { ...image, pushedBy: 'user:second', pushedAt: 20 }, state('quarantined', 20));
      const found = await manifests.find(repository.id, image.digest, 'prod');
      assert.deepEqual(found?.standing, { state: state('quarantined', 20), pushedBy: 'user:second', approval: null });
      assert.equal(found?.pushedAt, 20);
      assert.deepEqual(await store.records.tags.list(repository.id, ALL), []);
      assert.equal(await trash.restore(repository.id, image.digest, 21), false);
      await assert.rejects(store.records.blobs.unlink(repository.id, stored.digest), withCode('BLOB_IN_USE'));
    });

    it('leaves revoked what was revoked, however often it is pushed', async () => {
      const { store } = stores;
      const { manifests, trash } = store.records;
      const repository = await store.records.repositories.ensure('t/revoked', 1);
      const image = await push(store, repository, manifest('revoked'));
      await manifests.setState(repository.id, image.digest, 'quarantined', state('revoked', 2));
      await trash.delete(repository.id, image.digest, 'user:x', 3);
      await push(store, repository, image, state('quarantined', 20));
      const found = await manifests.find(repository.id, image.digest, null);
      assert.deepEqual(found?.standing.state, state('revoked', 2));
    });

    for (const isPurged of [false, true]) {
      it(`keeps what persons decided against an image that is ${isPurged ? 'collected' : 'deleted'} and pushed again, and nothing else`, async () => {
        const { store, other } = stores;
        const { manifests, trash } = store.records;
        const name = `t/refused-${isPurged ? 'collected' : 'deleted'}`;
        const repository = await store.records.repositories.ensure(name, 1);
        const quarantined = { ...state('quarantined', 10), by: PUSHER };
        const ours = { ...state('quarantined', 4), by: 'worker' };
        const approvals: readonly Approval[] = [
          { ...APPROVAL, environment: 'bob', decision: 'refused' },
          { ...APPROVAL, environment: 'policy', decision: 'refused', decidedBy: 'worker' },
          { ...APPROVAL, environment: 'prod' },
        ];
        for (const [last, comesBack] of [
          [null, quarantined],
          [state('revoked', 3), state('revoked', 3)],
          [
            { ...state('expired', 3), by: 'worker' },
            { ...state('expired', 3), by: 'worker' },
          ],
          [state('quarantined', 3), state('quarantined', 3)],
          [ours, { ...quarantined, since: 20 }],
          [state('approved', 3), { ...quarantined, since: 20 }],
          [state('deprecated', 3), { ...quarantined, since: 20 }],
        ] as const) {
          const image = await push(
            store,
            repository,
            manifest(`${name} ${last?.lifecycle} by ${last?.by}`),
            quarantined,
          );
          const { digest } = image;
          if (last !== null) {
            await manifests.setState(repository.id, digest, 'quarantined', last);
          }
          for (const approval of approvals) {
            await manifests.setApproval(repository, digest, approval);
          }
          assert.equal(await manifests.ended(name, digest), null);
          await trash.delete(repository.id, digest, 'user:x', 15);
          assert.equal(await trash.purge(repository.id, digest, isPurged ? 16 : 1), isPurged);
          const expected = last === null ? { ...quarantined, since: 20 } : comesBack;
          const ended = expected.since === 20 ? null : expected;
          assert.deepEqual(await other.records.manifests.ended(name, digest), ended);
          assert.equal(await other.records.manifests.ended('t/elsewhere', digest), null);
          await push(store, repository, { ...image, pushedAt: 20 }, { ...quarantined, since: 20 });
          assert.deepEqual((await manifests.find(repository.id, digest, null))?.standing.state, expected);
          assert.deepEqual(await manifests.approvals(repository.id, digest), approvals.slice(0, 1));
          assert.equal(await manifests.ended(name, digest), null);
        }
      });
    }

    it('purges what was deleted before a time and nothing else', async () => {
      const { store, database } = stores;
      const { manifests, trash } = store.records;
      const repository = await store.records.repositories.ensure('t/purge', 1);
      const stored = blob('layer of a purge');
      await store.records.blobs.link(repository, stored, PUSHER, 1);
      const image = await push(store, repository, manifest('purge', { references: [layer(stored)] }));
      await manifests.setApproval(repository, image.digest, APPROVAL);
      assert.equal(await trash.purge(repository.id, image.digest, 1000), false);
      await trash.delete(repository.id, image.digest, 'user:x', 100);
      assert.equal(await trash.purge(repository.id, image.digest, 100), false);
      await trash.restore(repository.id, image.digest, 101);
      await trash.delete(repository.id, image.digest, 'user:x', 200);
      assert.equal(await trash.purge(repository.id, image.digest, 150), false);
      // Kept for whoever restores the manifest, and nobody's meanwhile.
      assert.equal(await store.records.blobs.unlink(repository.id, stored.digest), true);
      assert.deepEqual((await store.records.blobs.linked(repository.id, stored.digest))?.uploadedBy, []);
      assert.equal(await store.records.upkeep.unlinkUnneeded(1000, 1000), 0);
      assert.equal(await trash.purge(repository.id, image.digest, 201), true);
      assert.equal(await trash.purge(repository.id, image.digest, 201), false);
      assert.equal(await store.records.upkeep.unlinkUnneeded(1000, 1000), 1);
      const left = await database.query(
        `SELECT digest FROM approvals WHERE repository_id = '${repository.id}'
         UNION SELECT manifest FROM manifest_references WHERE repository_id = '${repository.id}'`,
      );
      assert.deepEqual(left, []);
      await push(store, repository, manifest('purge'));
    });

    it('keeps children of an index, of a deleted one as well', async () => {
      const { store } = stores;
      const { trash } = store.records;
      const repository = await store.records.repositories.ensure('t/children', 1);
      const image = await push(store, repository, manifest('a child'));
      const index = await push(store, repository, manifest('an index', { references: [child(image.digest)] }));
      await trash.delete(repository.id, image.digest, 'user:x', 5);
      await trash.delete(repository.id, index.digest, 'user:x', 5);
      assert.equal(await trash.purge(repository.id, image.digest, 10), false);
      assert.equal(await trash.purge(repository.id, index.digest, 10), true);
      assert.equal(await trash.purge(repository.id, image.digest, 10), true);
    });

    it('takes what lost its tag or its index for no older than that', async () => {
      const { store, other } = stores;
      const { collection, tags, trash } = store.records;
      const repository = await store.records.repositories.ensure('t/released', 1);
      const image = await push(store, repository, manifest('released'));
      const part = await push(store, repository, manifest('a part'));
      const index = await push(store, repository, manifest('of parts', { references: [child(part.digest)] }));
      const untagged = async (before: number) => {
        const all = await other.records.collection.untagged(before, ALL);
        return all.filter((one) => one.repository.id === repository.id).map(({ digest }) => digest);
      };
      await tags.set(repository, 'latest', image.digest, PUSHER, 20);
      assert.deepEqual(await untagged(1000), [index.digest]);
      await tags.set(repository, 'latest', index.digest, PUSHER, 30);
      assert.deepEqual([await untagged(30), await untagged(31)], [[], [image.digest]]);
      await trash.delete(repository.id, index.digest, 'user:x', 40);
      assert.ok(await trash.purge(repository.id, index.digest, 50));
      assert.deepEqual(
        [await untagged(40), await untagged(41)],
        [[image.digest], [image.digest, part.digest].toSorted()],
      );
      const [first] = await collection.untagged(41, ALL);
      const next = await collection.untagged(41, { after: first?.cursor ?? null, limit: 1 });
      assert.notEqual(next[0]?.digest, first?.digest);
    });

    it('lists over repositories in pages, by time', async () => {
      const { store } = stores;
      const early = 1_000_000;
      const made: string[] = [];
      for (const name of ['t/list-b', 't/list-a']) {
        const repository = await store.records.repositories.ensure(name, 1);
        for (const text of ['x', 'y', 'z']) {
          const image = await push(store, repository, manifest(`listed ${text}`));
          await store.records.tags.set(repository, text, image.digest, PUSHER, 1);
          await store.records.trash.delete(repository.id, image.digest, 'user:x', early + (text === 'z' ? 100 : 0));
          made.push(`${name}@${image.digest}`);
        }
      }
      const { trash } = store.records;
      const listed: string[] = [];
      for (let after: string | null = null; ; ) {
        const page = await trash.list({ after, limit: 2, deletedBefore: early + 50 });
        listed.push(...page.map(({ repository, digest }) => `${repository.name}@${digest}`));
        after = page.at(-1)?.cursor ?? null;
        if (after === null) {
          break;
        }
      }
      const mine = listed.filter((one) => one.startsWith('t/list-'));
      assert.equal(mine.length, 4);
      assert.deepEqual(listed, listed.toSorted());
      assert.deepEqual(new Set([...mine, ...made]).size, 6);
      const [first] = await trash.list({ after: 't/list-a', limit: 1, deletedBefore: early + 50 });
      assert.equal(first?.deletedAt, early);
      assert.equal(first?.deletedBy, 'user:x');
      assert.equal(first?.tags.length, 1);
    });

    it('never loses what is pushed while it is purged', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('t/race', 1);
      const stored = blob('layer of a race');
      await store.records.blobs.link(repository, stored, PUSHER, 1);
      for (let round = 0; round < 20; round += 1) {
        const image = await push(store, repository, manifest(`raced ${round}`, { references: [layer(stored)] }));
        await store.records.trash.delete(repository.id, image.digest, 'user:x', 2);
        const [isNew] = await Promise.all([
          store.transaction(async (records) => {
            const inserted = await records.manifests.insert(repository, image, state('quarantined', 5));
            await records.tags.set(repository, 'latest', image.digest, PUSHER, 5);
            return inserted;
          }),
          other.transaction((records) => records.trash.purge(repository.id, image.digest, 3)),
        ]);
        assert.equal(isNew, true);
        const found = await store.records.manifests.resolve('t/race', { tag: 'latest' }, null);
        assert.equal(found?.digest, image.digest);
        await assert.rejects(store.records.blobs.unlink(repository.id, stored.digest), withCode('BLOB_IN_USE'));
      }
    });
  });
}
