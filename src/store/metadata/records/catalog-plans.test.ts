import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import { Client } from 'pg';
import type { CatalogQuery } from '#model/platform/judgement.ts';
import { type Postgres, startPostgres } from '#test/fixtures/postgres.ts';
import { missing } from '#test/prerequisites.ts';
import { QUERY } from '../contract/catalog-samples.ts';
import { readMigrations } from '../migrations.ts';
import type { Tables } from '../tables.ts';
import { catalogFilters } from './catalog-filters.ts';
import { columnConditions, pageQuery } from './catalog-page.ts';
import type { Dialect } from './dialect.ts';
import { holdsOneOf, isOver, markStatement, takeableImages } from './due-images.ts';
import { findingsWithId } from './findings.ts';
import { packagesNamed } from './package-queries.ts';

type Db = Kysely<Tables>;

/** Every filter of the columns of an image. */
const COLUMNS: Partial<CatalogQuery> = {
  state: 'approved',
  severity: 'high',
  minScore: 1,
  maxScore: 90,
  createdBefore: 5,
  createdAfter: 1,
  inUse: true,
};
/** Every other filter, one at a time. */
const FILTERS: readonly Partial<CatalogQuery>[] = [
  { package: 'pkg:npm/a' },
  { finding: 'CVE-1' },
  { environment: 'prod' },
  { outcome: 'refused' },
  { environment: 'prod', outcome: 'refused' },
  { text: 'a' },
  { owner: 'a' },
  { prefixes: ['a/'] },
];

interface Statement {
  readonly what: string;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Pages that are gone through in order: by the index of the order alone, and never sorted. */
async function walks(db: Db, dialect: Dialect): Promise<readonly (Statement & { readonly index: string })[]> {
  const statements: (Statement & { readonly index: string })[] = [];
  for (const order of ['name', 'newest', 'worst'] as const) {
    for (const filter of [{}, ...FILTERS]) {
      const query = { ...QUERY, ...COLUMNS, ...filter, order };
      const filters = await catalogFilters(db, dialect, query);
      const page = pageQuery(query, [...columnConditions(query), ...filters.map(({ isTrue }) => isTrue)]);
      statements.push({ what: `${order} ${JSON.stringify(filter)}`, index: `images_${order}`, ...page.compile(db) });
    }
  }
  return statements;
}

/** What is looked up, and must not look at every row of anything but repositories. */
async function lookups(db: Db, dialect: Dialect): Promise<readonly Statement[]> {
  const filters = await Promise.all(
    [...FILTERS, { base: 'a' }].map(async (filter) => {
      const [made] = await catalogFilters(db, dialect, { ...QUERY, ...filter });
      return { what: `images of ${JSON.stringify(filter)}`, ...sql`${made?.images ?? sql``}`.compile(db) };
    }),
  );
  const advisories = markStatement(holdsOneOf(dialect, ['pkg:npm/a@1']), { cause: 'advisories', now: 1 });
  return [
    ...filters,
    { what: 'mark by packages', ...advisories.compile(db) },
    { what: 'mark by time', ...markStatement(isOver(1), { cause: 'time', now: 1 }).compile(db) },
    { what: 'packages with names', ...packagesNamed(dialect, ['pkg:npm/a']).compile(db) },
    { what: 'images that are due', ...takeableImages(db, 10, 1).compile() },
    { what: 'findings with an id', ...findingsWithId(db, 'CVE-1', { after: null, limit: 10 }).compile() },
  ];
}

describe('plans of the catalogue in SQLite', () => {
  const db: Db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new SqliteIntrospector(of),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  const database = new DatabaseSync(':memory:');
  before(async () => {
    for (const { sql: text } of await readMigrations('sqlite')) {
      database.exec(text);
    }
  });
  after(() => database.close());

  const stepsOf = (statement: Statement) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${statement.sql.replace(/ for update.*$/, '')}`)
      .all(...(statement.parameters as string[]))
      .map(({ detail }) => String(detail));

  it('go through a page in the order of an index that has all that is asked of each image', async () => {
    for (const { index, ...statement } of await walks(db, 'sqlite')) {
      const steps = stepsOf(statement);
      assert.ok(
        steps.some((step) => step.includes(` i USING COVERING INDEX ${index}`)),
        `${statement.what}\n${steps.join('\n')}`,
      );
      assert.ok(!steps.some((step) => step.includes('ORDER BY')), `${statement.what}\n${steps.join('\n')}`);
    }
  });

  it('look up all else', async () => {
    for (const statement of await lookups(db, 'sqlite')) {
      const steps = stepsOf(statement);
      const isAllowed = /^SCAN (?:w VIRTUAL TABLE|r\b|d USING INDEX due_images_order$|\(subquery)/;
      assert.deepEqual(
        steps.filter((step) => step.startsWith('SCAN ') && !isAllowed.test(step)),
        [],
        `${statement.what}\n${steps.join('\n')}`,
      );
    }
  });
});

describe('plans of the catalogue in PostgreSQL', { skip: missing('postgresql') }, () => {
  const db: Db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  let server: Postgres | null = null;
  let client: Client | null = null;
  before(async () => {
    server = await startPostgres();
    client = new Client({ connectionString: server.url });
    await client.connect();
    for (const { sql: text } of await readMigrations('postgres')) {
      await client.query(text);
    }
    // Tables are empty: without this it would look at every row since there are none.
    await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off');
  });
  after(async () => {
    await client?.end();
    await server?.stop();
  });

  const stepsOf = async (statement: Statement) => {
    const result = await client?.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${statement.sql}`, [...statement.parameters]);
    return result?.rows.map((row) => row['QUERY PLAN']) ?? [];
  };

  it('go through a page in the order of an index', async () => {
    for (const { index, ...statement } of await walks(db, 'postgres')) {
      const steps = await stepsOf(statement);
      assert.ok(
        steps.some((step) => step.includes(`using ${index} on images i`)),
        `${statement.what}\n${steps.join('\n')}`,
      );
      assert.ok(!steps.some((step) => step.includes('Sort Key: i.')), `${statement.what}\n${steps.join('\n')}`);
    }
  });

  it('look up all else', async () => {
    for (const statement of await lookups(db, 'postgres')) {
      const steps = await stepsOf(statement);
      assert.deepEqual(
        steps.filter((step) => step.includes('Seq Scan')),
        [],
        `${statement.what}\n${steps.join('\n')}`,
      );
    }
  });
});
