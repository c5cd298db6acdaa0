import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Judgement } from '#model/platform/judgement.ts';
import type { Unknown } from '#model/unknown.ts';
import { made, NONE, namesOf, pages } from './catalog-samples.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { child, manifest, PUSHER, push, state } from './samples.ts';

const UNKNOWN: Unknown = { kind: 'unreadable', path: '/x', layer: null, analyser: 'a', reason: 'r' };

export function catalogContract(driver: MetadataContractDriver): void {
  group(driver, 'catalogue', (stores) => {
    it('says all of an image, and nothing that is not known', async () => {
      const { store, other } = stores;
      const { records } = store;
      const repository = await records.repositories.ensure('shown/app', 1);
      const { digest } = await push(store, repository, manifest('shown'), state('quarantined', 5));
      const index = await push(
        store,
        repository,
        manifest('index shown', { references: [child(digest)], pushedAt: 20 }),
      );
      await push(store, repository, manifest('older index', { references: [child(digest)], pushedAt: 15 }));
      await records.tags.set(repository, 'own', digest, PUSHER, 1);
      await records.tags.set(repository, 'latest', index.digest, PUSHER, 1);
      await records.judgements.mark({ kind: 'image', repositoryId: repository.id, digest }, 'new', 1);
      const search = async () => await pages(other, { prefixes: ['shown/'] });
      const [bare] = await search();
      assert.ok(bare !== undefined);
      assert.deepEqual(bare, {
        cursor: bare.cursor,
        repository,
        digest,
        index: index.digest,
        tags: ['latest', 'own'],
        platform: null,
        state: 'quarantined',
        reason: 'quarantined for a test',
        since: 5,
        createdAt: null,
        base: null,
        owner: null,
        packages: null,
        unknowns: 0,
        counts: NONE,
        score: null,
        inUse: false,
        judgements: [],
        isDue: true,
      });
      const layerSet = digestOf('shown layers');
      await records.inventories.write({
        layerSet,
        packages: ['pkg:npm/a@1', 'pkg:npm/b@1'],
        unknowns: [UNKNOWN],
        analysedAt: 1,
        content: null,
      });
      await records.inventories.assign(repository, digest, { layerSet, unknowns: [UNKNOWN, UNKNOWN], analysedAt: 1 });
      const counts = { ...NONE, critical: 2, unknown: 1 };
      await records.catalog.summarise(repository, digest, {
        platform: 'linux/arm64',
        createdAt: 7,
        base: 'alpine',
        counts,
        score: 61.25,
      });
      const details = {
        owner: 'team:web',
        description: 'd',
        labels: { a: 'b' },
        immutableTags: ['v.*'],
        updatedAt: 3,
        updatedBy: 'user:x',
      };
      assert.equal(await records.catalog.details(repository.id), null);
      const { updatedAt: at, updatedBy, ...said } = details;
      await records.catalog.setDetails(repository, { ...said, owner: null }, 'user:y', 2);
      assert.deepEqual(await records.catalog.setDetails(repository, said, updatedBy, at), details);
      assert.deepEqual(await other.records.catalog.details(repository.id), details);
      const judgement: Judgement = {
        repositoryId: repository.id,
        digest,
        environment: 'prod',
        outcome: 'warned',
        reason: 'r',
        verdict: digestOf('v'),
        validUntil: 9,
        judgedAt: 8,
      };
      await records.judgements.set(repository, judgement);
      await records.manifests.setState(repository.id, digest, 'quarantined', state('approved', 6));
      await records.catalog.setUses(
        'cluster',
        [{ repositoryId: repository.id, digest: index.digest, environment: 'prod' }],
        11,
      );
      const [due] = await records.judgements.take(10, 5, 10);
      await records.judgements.done([{ repositoryId: repository.id, digest: digest }], due?.lease ?? '');
      const known = {
        platform: 'linux/arm64',
        createdAt: 7,
        base: 'alpine',
        owner: 'team:web',
        packages: 2,
        unknowns: 3,
        counts,
        score: 61.25,
      };
      const judged = [{ environment: 'prod', outcome: 'warned', reason: 'r', validUntil: 9 }];
      const approved = { state: 'approved', reason: 'approved for a test', since: 6, inUse: true, isDue: false };
      assert.deepEqual(await search(), [{ ...bare, ...known, ...approved, judgements: judged }]);
    });

    it('shows nothing that is deleted, and what is restored', async () => {
      const { store } = stores;
      const { trash } = store.records;
      const { repository, digest } = await made(store, 'hidden/app', '1');
      await trash.delete(repository.id, digest, 'user:x', 5);
      assert.deepEqual(await pages(store, { prefixes: ['hidden/'] }), []);
      await trash.restore(repository.id, digest, 6);
      assert.deepEqual(namesOf(await pages(store, { prefixes: ['hidden/'] })), ['hidden/app']);
      await trash.delete(repository.id, digest, 'user:x', 7);
      await trash.purge(repository.id, digest, 8);
      assert.deepEqual(await pages(store, { prefixes: ['hidden/'] }), []);
    });

    it('loses nothing of what several say of a repository at once', async () => {
      const { store, other } = stores;
      const repository = await store.records.repositories.ensure('said/app', 1);
      const changes = [
        { owner: 'team:web' },
        { description: 'd' },
        { labels: { a: 'b' } },
        { immutableTags: ['v.*'] },
      ] as const;
      await Promise.all(
        changes.map(async (change, index) => {
          const one = index % 2 === 0 ? store : other;
          await one.transaction(async ({ catalog }) => await catalog.setDetails(repository, change, 'user:x', 2));
        }),
      );
      const [owner, description, labels, immutableTags] = changes;
      const said = { ...owner, ...description, ...labels, ...immutableTags, updatedAt: 2, updatedBy: 'user:x' };
      assert.deepEqual(await store.records.catalog.details(repository.id), said);
    });

    it('replaces what a place says of its images, of those in an index as well', async () => {
      const { store } = stores;
      const { catalog } = store.records;
      const { repository, digest } = await made(store, 'used/app', '1');
      const index = await push(store, repository, manifest('used index', { references: [child(digest)] }));
      const repositoryId = repository.id;
      const inUse = async () => (await pages(store, { prefixes: ['used/'] })).map((entry) => entry.inUse);
      await catalog.setUses(
        'a',
        [
          { repositoryId, digest, environment: null },
          { repositoryId, digest: index.digest, environment: 'prod' },
          { repositoryId: 'none', digest, environment: null },
        ],
        5,
      );
      await catalog.setUses('b', [{ repositoryId, digest: index.digest, environment: null }], 6);
      const [ofA, ofAIndex, ofB] = [
        { place: 'a', environment: null, seenAt: 5 },
        { place: 'a', environment: 'prod', seenAt: 5 },
        { place: 'b', environment: null, seenAt: 6 },
      ];
      assert.deepEqual(await catalog.uses(repositoryId, digest), [ofA, ofAIndex, ofB]);
      assert.deepEqual(await catalog.uses(repositoryId, index.digest), [ofAIndex, ofB]);
      await catalog.setUses('a', [], 7);
      assert.deepEqual(await catalog.uses(repositoryId, digest), [ofB]);
      assert.deepEqual(await inUse(), [true]);
      await catalog.setUses('b', [], 8);
      assert.deepEqual([await catalog.uses(repositoryId, digest), await inUse()], [[], [false]]);
    });
  });
}
