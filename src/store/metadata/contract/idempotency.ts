import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { group, type MetadataContractDriver } from './database.ts';

const REQUEST = digestOf('POST /api/v1/acquisitions {}');
const OTHER = digestOf('POST /api/v1/acquisitions {"x":1}');

export function idempotencyContract(driver: MetadataContractDriver): void {
  group(driver, 'idempotency keys', (stores) => {
    it('lets one of many at once do it, and tells the rest', async () => {
      const { store, other } = stores;
      const answers = await Promise.all(
        [store, other, store, other].map((one) => one.records.idempotency.begin('alice', 'race', REQUEST, 1, 100)),
      );
      assert.deepEqual(answers.map(({ kind }) => kind).toSorted(), ['new', 'under-way', 'under-way', 'under-way']);
    });

    it('answers the same request as before, no other one, and each account by itself', async () => {
      const { idempotency } = stores.store.records;
      const begin = (account: string, request = REQUEST, now = 1) =>
        idempotency.begin(account, 'key', request, now, now + 100);
      assert.deepEqual(await begin('bob'), { kind: 'new' });
      assert.deepEqual(await begin('bob', OTHER), { kind: 'conflict' });
      assert.equal(await idempotency.finish('bob', 'key', OTHER, { status: 200, body: '', expiresAt: 1000 }), false);
      assert.equal(await idempotency.finish('bob', 'key', REQUEST, { status: 202, body: '{}', expiresAt: 1000 }), true);
      assert.deepEqual(await begin('bob', REQUEST, 500), { kind: 'answered', status: 202, body: '{}' });
      assert.equal(await idempotency.finish('bob', 'key', REQUEST, { status: 500, body: '', expiresAt: 1 }), false);
      await idempotency.forget('bob', 'key', REQUEST);
      assert.deepEqual(await begin('bob', OTHER, 500), { kind: 'conflict' });
      assert.deepEqual(await begin('carol'), { kind: 'new' });
      assert.deepEqual(await begin('bob', OTHER, 1000), { kind: 'new' });
    });

    it('lets what failed, and what nobody finished in time, be done again', async () => {
      const { idempotency } = stores.store.records;
      const begin = (now: number) => idempotency.begin('dave', 'key', REQUEST, now, now + 10);
      assert.equal((await begin(1)).kind, 'new');
      await idempotency.forget('dave', 'key', OTHER);
      assert.equal((await begin(2)).kind, 'under-way');
      await idempotency.forget('dave', 'key', REQUEST);
      assert.equal((await begin(3)).kind, 'new');
      assert.equal((await begin(12)).kind, 'under-way');
      assert.equal((await begin(13)).kind, 'new');
    });

    it('forgets what is past its time, a bounded number at once', async () => {
      const { idempotency } = stores.store.records;
      await idempotency.expire(1_000_000, 1000);
      for (const key of ['a', 'b', 'c', 'd']) {
        await idempotency.begin('erin', key, REQUEST, 1, key === 'd' ? 101 : 100);
      }
      assert.equal(await idempotency.expire(99, 10), 0);
      assert.equal(await idempotency.expire(100, 2), 2);
      assert.equal(await idempotency.expire(100, 10), 1);
      assert.equal(await idempotency.expire(101, 10), 1);
    });
  });
}
