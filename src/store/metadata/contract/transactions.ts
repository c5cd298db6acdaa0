import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { it } from 'node:test';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { ALL, blob, manifest, PUSHER, push, withCode } from './samples.ts';

const CHILD = resolve(import.meta.dirname, '../../../../test/fixtures/metadata-process.ts');
const DEV = resolve(import.meta.dirname, '../../../../bin/dev');

export function transactionsContract(driver: MetadataContractDriver): void {
  group(driver, 'transactions', (stores) => {
    it('undoes everything when the work throws, and throws that again', async () => {
      const { store, other } = stores;
      const problem = new Error('changed my mind');
      await assert.rejects(
        store.transaction(async (records) => {
          const repository = await records.repositories.ensure('x/undone', 1);
          await records.blobs.link(repository, blob('undone'), PUSHER, 1);
          throw problem;
        }),
        (error) => error === problem,
      );
      assert.equal(await other.records.repositories.find('x/undone'), null);
      assert.equal(await other.records.blobs.find(blob('undone').digest), null);
      await store.transaction((records) => records.repositories.ensure('x/after', 1));
    });

    it('shows nobody what is not committed, and everybody what is', async () => {
      const { store, other } = stores;
      const shown: unknown[] = [];
      const made = await store.transaction(async (records) => {
        const repository = await records.repositories.ensure('x/hidden', 1);
        shown.push(await records.repositories.find('x/hidden'));
        shown.push(await store.records.repositories.find('x/hidden'));
        shown.push(await other.records.repositories.find('x/hidden'));
        return repository;
      });
      assert.deepEqual(shown, [made, null, null]);
      assert.deepEqual(await store.records.repositories.find('x/hidden'), made);
      assert.deepEqual(await other.records.repositories.find('x/hidden'), made);
    });

    it('has what somebody catches within it undone as well, or not at all', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('x/caught', 1);
      const image = await push(store, repository, manifest('caught'));
      await store.transaction(async (records) => {
        await records.tags.set(repository, 'before', image.digest, PUSHER, 1);
        await assert.rejects(
          records.tags.set(repository, 'wrong', manifest('not there').digest, PUSHER, 1),
          withCode('MANIFEST_NOT_IN_REPOSITORY'),
        );
        await records.tags.set(repository, 'later', image.digest, PUSHER, 1);
      });
      const tags = await store.records.tags.list(repository.id, ALL);
      assert.deepEqual(
        tags.map(({ name }) => name),
        ['before', 'later'],
      );
    });

    it('lets many run at once, each whole', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('x/many', 1);
      const image = await push(store, repository, manifest('many'));
      await Promise.all(
        Array.from({ length: 60 }, async (_, index) => {
          const one: MetadataStore = index % 2 === 0 ? store : other;
          await one.transaction(async (records) => {
            await records.tags.set(repository, `a${index}`, image.digest, PUSHER, 1);
            await records.tags.set(repository, 'shared', image.digest, PUSHER, 1);
            await records.tags.set(repository, `b${index}`, image.digest, PUSHER, 1);
          });
        }),
      );
      assert.equal((await store.records.tags.list(repository.id, ALL)).length, 121);
    });

    it('leaves nothing of a process that was killed in the middle of one', async () => {
      const { store, database } = stores;
      const child = spawn(DEV, [CHILD, ...database.childArguments], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await once(child.stdout, 'data');
      } finally {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      // The lock of the dead goes with it.
      const repository = await store.transaction((records) => records.repositories.ensure('x/kept', 2));
      assert.equal(repository.name, 'x/kept');
      assert.equal(await store.records.repositories.find('x/killed'), null);
      assert.notEqual(await store.records.repositories.find('x/acknowledged'), null);
    });

    it('is not written through what is open for reading', async () => {
      const reader = await stores.database.openReader();
      try {
        await reader.probe();
        const repository = await stores.store.records.repositories.ensure('x/read', 1);
        assert.deepEqual(await reader.records.repositories.find('x/read'), repository);
        const { repositories, blobs } = reader.records;
        await assert.rejects(repositories.ensure('x/new', 1), withCode('METADATA_READ_ONLY'));
        await assert.rejects(blobs.link(repository, blob('new'), PUSHER, 1), withCode('METADATA_READ_ONLY'));
      } finally {
        await reader.close();
      }
    });

    it('answers a probe until it is closed, and then says so', async () => {
      const store = await stores.database.open();
      await store.probe();
      await store.close();
      await assert.rejects(store.probe(), withCode('METADATA_UNAVAILABLE'));
      await assert.rejects(
        store.transaction((records) => records.repositories.ensure('x/closed', 1)),
        withCode('METADATA_UNAVAILABLE'),
      );
      await store.close();
    });
  });
}
