import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import type { Severity } from '#model/advisory.ts';
import type { CatalogEntry, CatalogQuery, ImageSummary, Judgement } from '#model/platform/judgement.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Repository } from '#model/platform/records.ts';
import type { Unknown } from '#model/unknown.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { child, manifest, PUSHER, push, state } from './samples.ts';

const QUERY: CatalogQuery = {
  prefixes: null,
  text: null,
  state: null,
  environment: null,
  outcome: null,
  package: null,
  finding: null,
  severity: null,
  base: null,
  owner: null,
  createdBefore: null,
  createdAfter: null,
  inUse: null,
  order: 'name',
  after: null,
  limit: 100,
};
const NONE: Readonly<Record<Severity, number>> = { critical: 0, high: 0, medium: 0, low: 0, none: 0, unknown: 0 };
const SUMMARY: ImageSummary = { platform: 'linux/amd64', createdAt: 100, base: null, counts: NONE, score: null };
const UNKNOWN: Unknown = { kind: 'unreadable', path: '/x', layer: null, analyser: 'a', reason: 'r' };

interface Made {
  readonly repository: Repository;
  readonly digest: Digest;
}

async function made(
  store: MetadataStore,
  name: string,
  text: string,
  summary: Partial<ImageSummary> = {},
  packages: readonly string[] = ['pkg:npm/everywhere@1'],
): Promise<Made> {
  const repository = await store.records.repositories.ensure(name, 1);
  const { digest } = await push(store, repository, manifest(`${name} ${text}`));
  const layerSet = digestOf(packages.join());
  await store.records.inventories.write({ layerSet, packages, unknowns: [], analysedAt: 1, content: null });
  await store.records.inventories.assign(repository, digest, { layerSet, unknowns: [], analysedAt: 1 });
  await store.records.catalog.summarise(repository, digest, { ...SUMMARY, ...summary });
  return { repository, digest };
}

/** All pages of two. */
async function pages(store: MetadataStore, query: Partial<CatalogQuery>): Promise<readonly CatalogEntry[]> {
  const found: CatalogEntry[] = [];
  for (let after: string | null = null; found.length < 1000; ) {
    const page: readonly CatalogEntry[] = await store.records.catalog.search({ ...QUERY, ...query, after, limit: 2 });
    found.push(...page);
    after = page.at(-1)?.cursor ?? null;
    if (after === null) {
      break;
    }
  }
  const all = await store.records.catalog.search({ ...QUERY, ...query, limit: 1000 });
  assert.deepEqual(found, all);
  return all;
}

const namesOf = (entries: readonly CatalogEntry[]): readonly string[] =>
  entries.map(({ repository }) => repository.name);

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
      await records.catalog.setDetails(repository, { ...details, owner: null });
      await records.catalog.setDetails(repository, details);
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
      await records.judgements.take(10, 5, 10);
      await records.judgements.done(repository.id, digest, 5);
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

    it('sorts by name, by age and by how bad it is, page by page', async () => {
      const { store } = stores;
      const bad = (counts: Partial<Record<Severity, number>>): Partial<ImageSummary> => ({
        counts: { ...NONE, ...counts },
      });
      await made(store, 'order/c', '1', { ...bad({ high: 1_000_000 }), createdAt: 300 });
      await made(store, 'order/a', '1', { ...bad({ low: 9 }), createdAt: 100 });
      await made(store, 'order/a', '2', { ...bad({ critical: 1 }), createdAt: null });
      await made(store, 'order/b', '1', { ...bad({ critical: 1, low: 1 }), createdAt: 200 });
      await made(store, 'order/d', '1', { createdAt: -5 });
      const prefixes = ['order/'];
      assert.deepEqual(namesOf(await pages(store, { prefixes })), [
        'order/a',
        'order/a',
        'order/b',
        'order/c',
        'order/d',
      ]);
      const newest = namesOf(await pages(store, { prefixes, order: 'newest' }));
      assert.deepEqual(newest.slice(0, 3), ['order/c', 'order/b', 'order/a']);
      assert.equal(newest.length, 5);
      assert.deepEqual(namesOf(await pages(store, { prefixes, order: 'worst' })), [
        'order/b',
        'order/a',
        'order/c',
        'order/a',
        'order/d',
      ]);
      for (const after of ['x', '@', '@1', 'x@y', '1@2@3x', "1'@1"]) {
        await assert.rejects(store.records.catalog.search({ ...QUERY, order: 'worst', after }), {
          code: 'CATALOG_CURSOR_INVALID',
        });
      }
    });

    it('filters by each thing, in every order, and by several at once', async () => {
      const { store } = stores;
      const { catalog, manifests, judgements, findings } = store.records;
      const [lodash, musl] = ['pkg:npm/lodash@4.17.20', 'pkg:apk/alpine/musl@1.2?arch=x86_64'];
      const a = await made(
        store,
        'find/web-app',
        '1',
        { base: 'alpine', createdAt: 1000, counts: { ...NONE, high: 2 } },
        [lodash, musl],
      );
      const b = await made(store, 'find/api', '1', { createdAt: 2000, counts: { ...NONE, critical: 1 } }, [musl]);
      const c = await made(store, 'find/100%_x', '1', { createdAt: null }, [
        'pkg:npm/lodash@5',
        'pkg:npm/lodash-es@4.17.20',
      ]);
      await manifests.setState(b.repository.id, b.digest, 'quarantined', state('approved'));
      await findings.replace(
        [lodash],
        [{ purl: lodash, id: 'GHSA-x', aliases: ['CVE-x'], severity: 'high', fixedIn: null }],
        1,
      );
      for (const [one, environment, outcome] of [
        [a, 'prod', 'refused'],
        [a, 'dev', 'admitted'],
        [b, 'prod', 'admitted'],
      ] as const) {
        await judgements.set(one.repository, {
          repositoryId: one.repository.id,
          digest: one.digest,
          environment,
          outcome,
          reason: '',
          verdict: digestOf('v'),
          validUntil: null,
          judgedAt: 1,
        });
      }
      await catalog.setDetails(a.repository, {
        owner: 'team:web',
        description: '',
        labels: {},
        immutableTags: [],
        updatedAt: 1,
        updatedBy: 'x',
      });
      await catalog.setUses('find', [{ repositoryId: b.repository.id, digest: b.digest, environment: null }], 1);
      const names = new Map([
        [a, 'find/web-app'],
        [b, 'find/api'],
        [c, 'find/100%_x'],
      ]);
      const cases: readonly (readonly [Partial<CatalogQuery>, readonly Made[]])[] = [
        [{}, [a, b, c]],
        [{ text: 'APP' }, [a]],
        [{ text: '%' }, [c]],
        [{ text: '_' }, [c]],
        [{ text: '\\' }, []],
        [{ state: 'approved' }, [b]],
        [{ state: 'expired' }, []],
        [{ environment: 'prod' }, [a, b]],
        [{ environment: 'dev', outcome: 'refused' }, []],
        [{ outcome: 'refused' }, [a]],
        [{ outcome: 'admitted' }, [a, b]],
        [{ package: 'pkg:npm/lodash' }, [a, c]],
        [{ package: lodash }, [a]],
        [{ package: 'pkg:npm/lodash@4' }, []],
        [{ package: 'pkg:apk/alpine/musl@1.2' }, [a, b]],
        [{ package: 'pkg:apk/alpine/musl' }, [a, b]],
        [{ finding: 'CVE-x' }, [a]],
        [{ finding: 'GHSA-x' }, [a]],
        [{ finding: 'CVE' }, []],
        [{ severity: 'high' }, [a]],
        [{ severity: 'critical' }, [b]],
        [{ severity: 'none' }, []],
        [{ base: 'alpine' }, [a]],
        [{ base: '' }, []],
        [{ owner: 'team:web' }, [a]],
        ...(['text', 'environment', 'package', 'finding', 'base', 'owner'] as const).map(
          (name) => [{ [name]: 'x\0' }, []] as const,
        ),
        [{ createdBefore: 2000 }, [a]],
        [{ createdAfter: 1000 }, [b]],
        [{ createdAfter: 999, createdBefore: 2001 }, [a, b]],
        [{ inUse: true }, [b]],
        [{ inUse: false }, [a, c]],
        [{ prefixes: ['find/w', 'find/1'] }, [a, c]],
        [{ prefixes: ['find/w', 'find/web-app', ...Array.from({ length: 1500 }, (_, index) => `no/${index}`)] }, [a]],
        [{ prefixes: [] }, []],
        [
          {
            package: 'pkg:npm/lodash',
            outcome: 'refused',
            text: 'web',
            owner: 'team:web',
            severity: 'high',
            base: 'alpine',
            inUse: false,
          },
          [a],
        ],
        [{ package: 'pkg:npm/lodash', environment: 'prod', outcome: 'admitted' }, []],
      ];
      for (const [filter, wanted] of cases) {
        for (const order of ['name', 'newest', 'worst'] as const) {
          const found = namesOf(await pages(store, { prefixes: ['find/'], ...filter, order }));
          assert.deepEqual(
            found.toSorted(),
            wanted.map((one) => names.get(one) ?? '').toSorted(),
            JSON.stringify([filter, order]),
          );
        }
      }
    });

    it('goes through many in order when a filter lets many through', async () => {
      const { store, database } = stores;
      const few = await made(store, 'many/few', '1', { createdAt: 5 }, ['pkg:npm/dense@1', 'pkg:npm/sparse@1']);
      // More than are sorted at once.
      await database.query(
        `INSERT INTO manifests (project_id, repository_id, digest, media_type, size, governor, annotations, content, pushed_by, pushed_at,
          lifecycle, lifecycle_reason, lifecycle_at, lifecycle_by)
         WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2100)
         SELECT m.project_id, m.repository_id, 'sha256:' || substr('${'a'.repeat(60)}' || CAST(n.n + 1000 AS text), 1, 64), '', 0, 'x', '{}', m.content, '', 0, m.lifecycle, '', 0, ''
         FROM n JOIN manifests m ON m.digest = '${few.digest}' RETURNING size`,
      );
      await database.query(
        `INSERT INTO images (project_id, repository_id, digest, repository_name, lifecycle, is_deleted, inventory_id, unknown_count, created_at,
          severities, badness)
         SELECT i.project_id, i.repository_id, m.digest, i.repository_name, i.lifecycle, 0, i.inventory_id, 0, 5, 0, 0
         FROM images i JOIN manifests m ON m.repository_id = i.repository_id AND m.digest <> i.digest
         WHERE i.digest = '${few.digest}' RETURNING id`,
      );
      await database.query(
        `INSERT INTO judgements (project_id, image_id, environment, outcome, reason, verdict, judged_at)
         SELECT project_id, id, 'dense', 'warned', '', '${digestOf('v')}', 1 FROM images WHERE repository_name = 'many/few' RETURNING image_id`,
      );
      await store.records.catalog.setDetails(few.repository, {
        owner: 'many',
        description: '',
        labels: {},
        immutableTags: [],
        updatedAt: 1,
        updatedBy: 'x',
      });
      for (const order of ['name', 'newest', 'worst'] as const) {
        for (const filter of [
          { package: 'pkg:npm/dense' },
          { environment: 'dense' },
          { owner: 'many' },
          { text: 'many' },
        ] as const) {
          const seen = new Set<string>();
          let after: string | null = null;
          for (let page = 0; page < 3; page += 1) {
            const query: CatalogQuery = { ...QUERY, ...filter, order, after, limit: 1000 };
            const rows = await store.records.catalog.search(query);
            for (const { cursor } of rows) {
              seen.add(cursor);
            }
            after = rows.at(-1)?.cursor ?? null;
          }
          assert.equal(seen.size, 2101, JSON.stringify([filter, order]));
        }
      }
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
