import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Approval } from '#model/platform/state.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { ALL, blob, child, layer, manifest, PUSHER, push, state, withCode } from './samples.ts';

export function manifestsContract(driver: MetadataContractDriver): void {
  group(driver, 'manifests', (stores) => {
    it('gives back what was stored, by tag and by digest', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('m/kept', 1);
      const stored = blob('layer of kept');
      const config = blob('config of kept');
      const bytes = Uint8Array.from([0, 255, 10, 13, 128, 39]);
      const image = manifest('', {
        digest: digestOf(bytes),
        governor: digestOf(bytes),
        content: bytes,
        size: 6,
        artifactType: 'application/x',
        annotations: { 'org.example': 'ein "Wert" mit ü and \u0001' },
        references: [layer(stored), { ...layer(config), kind: 'config' }],
      });
      await store.transaction(async (records) => {
        await records.blobs.link(repository, stored, PUSHER, 2);
        await records.blobs.link(repository, config, PUSHER, 2);
        assert.equal(await records.manifests.insert(repository, image, state('quarantined', 3)), true);
        assert.equal(await records.tags.set(repository, 'v1', image.digest, PUSHER, 3), null);
      });
      const byTag = await other.records.manifests.resolve('m/kept', { tag: 'v1' }, null);
      const byDigest = await other.records.manifests.resolve('m/kept', { digest: image.digest }, 'prod');
      assert.deepEqual(byDigest, byTag);
      assert.deepEqual(
        { ...byTag, content: Buffer.from(byTag?.content ?? []) },
        {
          repositoryId: repository.id,
          digest: image.digest,
          mediaType: image.mediaType,
          artifactType: 'application/x',
          size: 6,
          subject: null,
          governor: image.digest,
          annotations: image.annotations,
          pushedBy: PUSHER,
          pushedAt: 10,
          standing: { state: state('quarantined', 3), pushedBy: PUSHER, approval: null },
          repository,
          content: Buffer.from(bytes),
        },
      );
      assert.equal(await store.records.manifests.resolve('m/kept', { tag: 'v2' }, null), null);
      assert.equal(await store.records.manifests.resolve('m/other', { tag: 'v1' }, null), null);
      assert.equal(await store.records.manifests.resolve('m/kept', { digest: digestOf('?') }, null), null);
    });

    it('changes nothing when it is there already', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('m/again', 1);
      const first = await push(store, repository, manifest('again'));
      await store.records.manifests.setState(repository.id, first.digest, 'quarantined', state('approved', 4));
      const again = { ...first, pushedBy: 'user:somebody', pushedAt: 99, mediaType: 'other' };
      assert.equal(await store.records.manifests.insert(repository, again, state('quarantined', 9)), false);
      const found = await store.records.manifests.find(repository.id, first.digest, null);
      assert.equal(found?.pushedBy, PUSHER);
      assert.equal(found?.mediaType, first.mediaType);
      assert.deepEqual(found?.standing.state, state('approved', 4));
    });

    it('refuses a manifest whose blobs its own repository does not hold', async () => {
      const { store } = stores;
      const mine = await store.records.repositories.ensure('m/mine', 1);
      const theirs = await store.records.repositories.ensure('m/theirs', 1);
      const stored = blob('held by others');
      await store.records.blobs.link(theirs, stored, PUSHER, 1);
      const image = manifest('needs a blob', { references: [layer(stored)] });
      await assert.rejects(
        store.transaction((records) => records.manifests.insert(mine, image, state('quarantined'))),
        withCode('BLOB_NOT_IN_REPOSITORY'),
      );
      assert.equal(await store.records.manifests.find(mine.id, image.digest, null), null);
      const foreign = manifest('fetched elsewhere', { references: [{ ...layer(stored), isHeld: false }] });
      await push(store, mine, foreign);
    });

    it('takes as many references as there may be, and the same one twice', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('m/many', 1);
      const empty = blob('empty layer');
      await store.records.blobs.link(repository, empty, PUSHER, 1);
      const children = Array.from({ length: 1200 }, (_, index) => child(digestOf(`child ${index}`), `linux/${index}`));
      const index = manifest('index of many', {
        references: [layer(empty), ...children, layer(empty), child(digestOf('child 0'), 'linux/twice')],
      });
      await push(store, repository, index);
      const found = await store.records.manifests.children(repository.id, index.digest);
      assert.equal(found.length, 1200);
      assert.deepEqual(
        found.map(({ digest }) => digest),
        children.map(({ digest }) => digest).toSorted(),
      );
      assert.equal(found.find(({ digest }) => digest === digestOf('child 0'))?.platform, 'linux/0');
    });

    it('lists referrers by digest, of one type, in pages', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('m/referrers', 1);
      const elsewhere = await store.records.repositories.ensure('m/elsewhere', 1);
      const subject = digestOf('a subject that nobody pushed');
      const made = Array.from({ length: 6 }, (_, index) =>
        manifest(`referrer ${index}`, {
          subject,
          governor: subject,
          artifactType: index % 2 === 0 ? 'application/even' : null,
          annotations: { index: String(index) },
        }),
      );
      for (const one of made) {
        await push(store, repository, one);
      }
      await push(store, elsewhere, manifest('elsewhere', { subject, governor: subject }));
      const sorted = made.map(({ digest }) => digest).toSorted();
      const { manifests } = store.records;
      const any = { ...ALL, artifactType: null, environment: null };
      const all = await manifests.referrers(repository.id, subject, any);
      assert.deepEqual(
        all.map(({ digest }) => digest),
        sorted,
      );
      assert.equal(all[0]?.standing.state, null);
      const even = await manifests.referrers(repository.id, subject, { ...any, artifactType: 'application/even' });
      assert.equal(even.length, 3);
      const page = await manifests.referrers(repository.id, subject, { ...any, after: sorted[1] ?? '', limit: 2 });
      assert.deepEqual(
        page.map(({ digest }) => digest),
        sorted.slice(2, 4),
      );
    });

    it('changes a state only from what it is', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('m/states', 1);
      const { digest } = await push(store, repository, manifest('states'));
      const set = await Promise.all(
        [store, other, store, other].map(
          async (one, index) =>
            await one.transaction((records) =>
              records.manifests.setState(repository.id, digest, 'quarantined', state('approved', index)),
            ),
        ),
      );
      assert.equal(set.filter(Boolean).length, 1);
      assert.equal(await store.records.manifests.setState(repository.id, digest, 'expired', state('revoked')), false);
      assert.equal(
        await store.records.manifests.setState(repository.id, digestOf('?'), 'approved', state('revoked')),
        false,
      );
      const found = await other.records.manifests.find(repository.id, digest, null);
      assert.equal(found?.standing.state?.lifecycle, 'approved');
    });

    it('has one approval for each environment, and shows that of the one asked for', async () => {
      const { store } = stores;
      const repository = await store.records.repositories.ensure('m/approvals', 1);
      const { digest } = await push(store, repository, manifest('approvals'));
      const approval: Approval = {
        environment: 'prod',
        decision: 'approved',
        reason: 'clean',
        verdict: digestOf('verdict'),
        validUntil: 100,
        decidedAt: 5,
        decidedBy: 'user:approver',
      };
      const { manifests } = store.records;
      await manifests.setApproval(repository, digest, { ...approval, decision: 'refused', validUntil: null });
      await manifests.setApproval(repository, digest, approval);
      const test: Approval = { ...approval, environment: 'dev', verdict: null };
      await manifests.setApproval(repository, digest, test);
      assert.deepEqual(await manifests.approvals(repository.id, digest), [test, approval]);
      assert.deepEqual((await manifests.find(repository.id, digest, 'prod'))?.standing.approval, approval);
      assert.equal((await manifests.find(repository.id, digest, 'staging'))?.standing.approval, null);
      assert.equal((await manifests.find(repository.id, digest, null))?.standing.approval, null);
      await assert.rejects(
        manifests.setApproval(repository, digestOf('?'), approval),
        withCode('MANIFEST_NOT_IN_REPOSITORY'),
      );
    });
  });
}
