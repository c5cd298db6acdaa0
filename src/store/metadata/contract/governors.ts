import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { ALL, manifest, push, state } from './samples.ts';

export function governorsContract(driver: MetadataContractDriver): void {
  group(driver, 'governors', (stores) => {
    const governorOf = async (repositoryId: string, digest: Digest): Promise<Digest | undefined> =>
      (await stores.other.records.manifests.find(repositoryId, digest, null))?.governor;

    it('has the state of what it hangs on, whichever comes first', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('g/order', 1);
      const image = manifest('image');
      const before = await push(
        store,
        repository,
        manifest('signature before', { subject: image.digest, governor: image.digest }),
      );
      const { manifests } = store.records;
      assert.equal((await manifests.find(repository.id, before.digest, null))?.standing.state, null);
      await push(store, repository, image);
      await manifests.setState(repository.id, image.digest, 'quarantined', state('approved', 7));
      const after = await push(
        store,
        repository,
        manifest('signature after', { subject: image.digest, governor: image.digest }),
      );
      for (const { digest } of [before, after]) {
        assert.deepEqual((await manifests.find(repository.id, digest, null))?.standing.state, state('approved', 7));
      }
      const referrers = await manifests.referrers(repository.id, image.digest, {
        ...ALL,
        artifactType: null,
        environment: null,
      });
      assert.deepEqual(
        referrers.map(({ standing }) => standing.state),
        [state('approved', 7), state('approved', 7)],
      );
    });

    it('hangs on what governs its subject once that comes', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('g/chain', 1);
      const image = manifest('chain image');
      const sbom = manifest('chain sbom', { subject: image.digest, governor: image.digest });
      const signature = manifest('chain signature', { subject: sbom.digest, governor: sbom.digest });
      const stamp = manifest('chain stamp', { subject: signature.digest, governor: sbom.digest });
      await push(store, repository, signature);
      await push(store, repository, stamp);
      assert.equal(await governorOf(repository.id, signature.digest), sbom.digest);
      await push(store, repository, sbom);
      assert.equal(await governorOf(repository.id, signature.digest), image.digest);
      assert.equal(await governorOf(repository.id, stamp.digest), image.digest);
      await push(store, repository, image);
      assert.equal(await governorOf(repository.id, signature.digest), image.digest);
      assert.equal(await governorOf(repository.id, image.digest), image.digest);
    });

    it('looks again at what the caller took for the governor', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('g/stale', 1);
      const image = manifest('stale image');
      const sbom = manifest('stale sbom', { subject: image.digest, governor: image.digest });
      await push(store, repository, sbom);
      // As of a caller who looked before the SBOM was there.
      const signature = manifest('stale signature', { subject: sbom.digest, governor: sbom.digest });
      await push(store, repository, signature);
      assert.equal(await governorOf(repository.id, signature.digest), image.digest);
    });

    it('comes to the same when both are pushed at once', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('g/race', 1);
      for (let round = 0; round < 20; round += 1) {
        const image = manifest(`race image ${round}`);
        const sbom = manifest(`race sbom ${round}`, { subject: image.digest, governor: image.digest });
        const signature = manifest(`race signature ${round}`, { subject: sbom.digest, governor: sbom.digest });
        await Promise.all([push(store, repository, sbom), push(other, repository, signature)]);
        assert.equal(await governorOf(repository.id, signature.digest), image.digest);
      }
    });

    it('leaves manifests of other repositories alone', async () => {
      const { store } = stores;
      const mine = await store.records.repositories.ensure('g/mine', 1);
      const theirs = await store.records.repositories.ensure('h/theirs', 1);
      const image = manifest('image of both');
      const sbom = manifest('sbom of both', { subject: image.digest, governor: image.digest });
      const signature = manifest('signature of both', { subject: sbom.digest, governor: sbom.digest });
      await push(store, theirs, signature);
      await push(store, mine, sbom);
      assert.equal(await governorOf(theirs.id, signature.digest), sbom.digest);
      await push(store, mine, image);
      await store.records.manifests.setState(mine.id, image.digest, 'quarantined', state('approved'));
      assert.equal((await store.records.manifests.find(theirs.id, signature.digest, null))?.standing.state, null);
    });

    it('keeps the state of a deleted one for what hangs on it', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('g/deleted', 1);
      const image = await push(store, repository, manifest('deleted image'));
      const signature = await push(
        store,
        repository,
        manifest('its signature', { subject: image.digest, governor: image.digest }),
      );
      await store.records.manifests.setState(repository.id, image.digest, 'quarantined', state('revoked', 3));
      await store.records.trash.delete(repository.id, image.digest, 'user:x', 4);
      const { manifests } = store.records;
      assert.deepEqual(
        (await manifests.find(repository.id, signature.digest, null))?.standing.state,
        state('revoked', 3),
      );
      await store.records.trash.purge(repository.id, image.digest, 5);
      assert.equal((await manifests.find(repository.id, signature.digest, null))?.standing.state, null);
    });
  });
}
