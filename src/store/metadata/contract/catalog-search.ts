import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Severity } from '#model/advisory.ts';
import type { CatalogQuery, ImageSummary } from '#model/platform/judgement.ts';
import { type Made, made, NONE, namesOf, pages, QUERY } from './catalog-samples.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { state } from './samples.ts';

export function catalogSearchContract(driver: MetadataContractDriver): void {
  group(driver, 'searches of the catalogue', (stores) => {
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
        { base: 'alpine', createdAt: 1000, counts: { ...NONE, high: 2 }, score: 61.25 },
        [lodash, musl],
      );
      const b = await made(store, 'find/api', '1', { createdAt: 2000, counts: { ...NONE, critical: 1 }, score: 80 }, [
        musl,
      ]);
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
      await catalog.setDetails(a.repository, { owner: 'team:web' }, 'x', 1);
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
        [{ finding: 'cve-x' }, [a]],
        [{ finding: 'Ghsa-X' }, [a]],
        [{ minScore: 61.25 }, [a, b]],
        [{ minScore: 61.26 }, [b]],
        [{ maxScore: 80 }, [a, b]],
        [{ minScore: 10, maxScore: 79.99 }, [a]],
        [{ minScore: 81 }, []],
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
        [{ prefixes: ['find/w', 'find'] }, []],
        [{ prefixes: ['find/web-app'] }, [a]],
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
      await store.records.catalog.setDetails(few.repository, { owner: 'many' }, 'x', 1);
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
  });
}
