import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { child, manifest, push } from './samples.ts';

const PROGRESS = { manifests: 0, manifestsDone: 0, blobs: 0, blobsDone: 0, bytes: 0, bytesDone: 0 };
const EVERYTHING = { prefixes: null, source: null, state: null, after: null, limit: 1000 };

let made = 0;

/** One of its own repository; ids sort in the order in which they are made. */
async function acquisition(
  store: MetadataStore,
  repository: string,
  changes: Partial<Acquisition> = {},
): Promise<Acquisition> {
  made += 1;
  return {
    id: `id-${String(made).padStart(6, '0')}`,
    repository: await store.records.repositories.ensure(repository, 1),
    source: 'hub',
    upstream: 'docker.io/library/alpine',
    reference: '3',
    digest: null,
    state: 'waiting',
    reason: '',
    progress: PROGRESS,
    requestedBy: 'user:alice',
    requestedAt: 5,
    updatedAt: 5,
    finishedAt: null,
    version: 1,
    ...changes,
  };
}

export function acquisitionsContract(driver: MetadataContractDriver): void {
  group(driver, 'acquisitions', (stores) => {
    it('makes one of many who ask for the same at once', async () => {
      const { store, other } = stores;
      const asked = await Promise.all(Array.from({ length: 12 }, () => acquisition(store, 'acquired/once')));
      const begun = await Promise.all(
        asked.map((one, index) => (index % 2 === 0 ? store : other).records.acquisitions.begin(one)),
      );
      const [first] = begun;
      assert.deepEqual(new Set(begun.map(({ id }) => id)), new Set([first?.id]));
      assert.deepEqual(await other.records.acquisitions.find(first?.id ?? ''), first);
      assert.equal((await store.records.acquisitions.list({ ...EVERYTHING, prefixes: ['acquired/once'] })).length, 1);
      const another = await acquisition(store, 'acquired/once', { reference: '4' });
      assert.equal((await store.records.acquisitions.begin(another)).id, another.id);
      assert.equal(await store.records.acquisitions.find('never'), null);
    });

    it('changes by compare and set, and what is over for nobody', async () => {
      const { store, other } = stores;
      const { acquisitions } = store.records;
      const { id } = await acquisitions.begin(await acquisition(store, 'acquired/changed'));
      const progress = { ...PROGRESS, blobs: 3, bytes: 2 ** 40 };
      const digest = digestOf('alpine');
      const written = await Promise.all([
        acquisitions.update(id, 1, { digest, state: 'copying', progress }, 6),
        other.records.acquisitions.update(id, 1, { digest, state: 'copying', progress }, 6),
      ]);
      assert.equal(written.filter(Boolean).length, 1);
      const changed = await acquisitions.find(id);
      assert.deepEqual([changed?.version, changed?.state, changed?.updatedAt], [2, 'copying', 6]);
      assert.deepEqual([changed?.digest, changed?.progress], [digest, progress]);
      assert.equal(await acquisitions.update(id, 2, { state: 'held', reason: 'why' }, 7), true);
      assert.equal((await acquisitions.find(id))?.finishedAt, 7);
      assert.equal(await acquisitions.update(id, 3, { state: 'promoted' }, 8), false);
      const again = await acquisition(store, 'acquired/changed');
      assert.equal((await acquisitions.begin(again)).id, again.id);
    });

    it('knows the newest of a reference', async () => {
      const { store, other } = stores;
      const { acquisitions } = store.records;
      const old = await acquisitions.begin(await acquisition(store, 'acquired/latest'));
      await acquisitions.update(old.id, 1, { state: 'failed', reason: 'gone' }, 6);
      const { id: repositoryId } = old.repository;
      assert.equal((await acquisitions.latest(repositoryId, '3'))?.reason, 'gone');
      const fresh = await acquisitions.begin(await acquisition(store, 'acquired/latest'));
      await acquisitions.begin(await acquisition(store, 'acquired/latest', { reference: '4' }));
      assert.deepEqual(await other.records.acquisitions.latest(repositoryId, '3'), fresh);
      assert.equal(await acquisitions.latest(repositoryId, '5'), null);
    });

    it('lists the newest first, page by page, by repository, source and state', async () => {
      const { store } = stores;
      const { acquisitions } = store.records;
      const all: string[] = [];
      for (const [name, source] of [
        ['listed/a', 'one'],
        ['listed/b', 'two'],
        ['listed-c', 'one'],
      ] as const) {
        all.unshift((await acquisitions.begin(await acquisition(store, name, { source }))).id);
      }
      const [c = '', b = '', a = ''] = all;
      await acquisitions.update(b, 1, { state: 'failed', reason: 'x' }, 9);
      const ids = async (filter: Partial<typeof EVERYTHING> & object): Promise<readonly string[]> =>
        (await acquisitions.list({ ...EVERYTHING, prefixes: null, ...filter }))
          .map(({ id }) => id)
          .filter((id) => all.includes(id));
      assert.deepEqual(await ids({}), [c, b, a]);
      const within = (prefixes: readonly string[]) => acquisitions.list({ ...EVERYTHING, prefixes });
      assert.deepEqual(
        (await within(['listed/'])).map(({ id }) => id),
        [b, a],
      );
      assert.deepEqual(
        (await within(['listed-c', 'listed/b'])).map(({ id }) => id),
        [c, b],
      );
      assert.deepEqual(await within([]), []);
      const many = Array.from({ length: 2000 }, (_, index) => `none/${index}/`);
      assert.deepEqual(
        (await within([...many, 'listed/a'])).map(({ id }) => id),
        [a],
      );
      const filtered = async (source: string | null, state: 'failed' | null, after: string | null) =>
        (await acquisitions.list({ prefixes: ['listed', 'listed-c', 'listed/'], source, state, after, limit: 1 })).map(
          ({ id }) => id,
        );
      assert.deepEqual(await filtered('one', null, null), [c]);
      assert.deepEqual(await filtered('one', null, c), [a]);
      assert.deepEqual(await filtered(null, 'failed', null), [b]);
      assert.deepEqual(await filtered('one', 'failed', null), []);
    });

    it('remembers what became of a digest, and what is under way that brings it', async () => {
      const { store } = stores;
      const { acquisitions } = store.records;
      const repository = await store.records.repositories.ensure('acquired/closure', 1);
      const image = await push(store, repository, manifest('platform of a closure'));
      const index = await push(
        store,
        repository,
        manifest('index of a closure', { references: [child(image.digest)] }),
      );
      const outer = await push(store, repository, manifest('outer index', { references: [child(index.digest)] }));
      const sbom = await push(store, repository, manifest('sbom of a platform', { subject: image.digest }));
      const upstream = 'example.com/closure';
      const begun = await acquisitions.begin(
        await acquisition(store, 'acquired/closure', { upstream, digest: outer.digest }),
      );
      for (const { digest } of [image, index, outer, sbom]) {
        assert.deepEqual(await acquisitions.underWay(repository.id, digest), [begun]);
      }
      assert.deepEqual(await acquisitions.underWay(repository.id, digestOf('another')), []);
      const elsewhere = await store.records.repositories.ensure('acquired/elsewhere', 1);
      assert.deepEqual(await acquisitions.underWay(elsewhere.id, image.digest), []);
      assert.deepEqual(await acquisitions.history(upstream, outer.digest, 10), []);
      await acquisitions.update(begun.id, 1, { state: 'refused', reason: 'signature' }, 7);
      assert.deepEqual(await acquisitions.underWay(repository.id, image.digest), []);
      const [over] = await acquisitions.history(upstream, outer.digest, 10);
      assert.deepEqual([over?.id, over?.state, over?.reason], [begun.id, 'refused', 'signature']);
      assert.deepEqual(await acquisitions.history('example.com/other', outer.digest, 10), []);
    });

    it('tells one of many that it is time to look upstream', async () => {
      const { store, other } = stores;
      const look = async (before: number, now: number): Promise<number> => {
        const told = await Promise.all(
          [store, other, store, other].map((one) => one.records.acquisitions.look('source hub', before, now)),
        );
        return told.filter(Boolean).length;
      };
      assert.equal(await look(0, 100), 1);
      assert.equal(await look(100, 150), 0);
      assert.equal(await look(101, 200), 1);
    });
  });
}
