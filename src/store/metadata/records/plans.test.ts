import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { Client } from 'pg';
import { digestOf } from '#base/digest.ts';
import { type Postgres, startPostgres } from '#test/fixtures/postgres.ts';
import { missing } from '#test/prerequisites.ts';
import { readMigrations } from '../migrations.ts';
import type { Tables } from '../tables.ts';
import type { Dialect } from './dialect.ts';
import { eventsAfter } from './events.ts';
import { imagesWithQuery, packagesQuery } from './package-queries.ts';

/** What a large installation asks for again and again, and how it must not be answered: by looking at every row. */
const QUERIES: Readonly<Record<string, (db: Kysely<Tables>, dialect: Dialect) => Compilable>> = {
  'images with a package version': (db) => imagesWithQuery(db, 'pkg:npm/a@1', { after: null, limit: 10 }),
  'more images with a package version': (db) =>
    imagesWithQuery(db, 'pkg:npm/a@1', { after: `a/b@${digestOf('a')}`, limit: 10 }),
  'package versions by how they begin': (db) => packagesQuery(db, 'pkg:npm/a@', { after: null, limit: 10 }),
  'more package versions by how they begin': (db) =>
    packagesQuery(db, 'pkg:npm/a@', { after: 'pkg:npm/a@1', limit: 10 }),
  'events after a cursor': (db, dialect) => eventsAfter(db, dialect, dialect === 'sqlite' ? '5' : '5.5', 10),
};

async function schema(dialect: Dialect): Promise<string> {
  return (await readMigrations(dialect)).map(({ sql }) => sql).join('\n');
}

describe('plans of SQLite', () => {
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new SqliteIntrospector(of),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  const database = new DatabaseSync(':memory:');
  before(async () => database.exec(await schema('sqlite')));
  after(() => database.close());

  for (const [what, build] of Object.entries(QUERIES)) {
    it(`look up ${what}`, () => {
      const { sql, parameters } = build(db, 'sqlite').compile();
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(parameters as string[]));
      const steps = plan.map(({ detail }) => String(detail));
      assert.ok(
        steps.some((step) => step.startsWith('SEARCH ')),
        steps.join('\n'),
      );
      assert.deepEqual(
        steps.filter((step) => step.startsWith('SCAN ')),
        [],
      );
    });
  }
});

describe('plans of PostgreSQL', { skip: missing('postgresql') }, () => {
  const db = new Kysely<Tables>({
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
    await client.query(await schema('postgres'));
    // Tables are empty: without this it would look at every row since there are none.
    await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off');
  });
  after(async () => {
    await client?.end();
    await server?.stop();
  });

  for (const [what, build] of Object.entries(QUERIES)) {
    it(`look up ${what}`, async () => {
      const { sql, parameters } = build(db, 'postgres').compile();
      const result = await client?.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [...parameters]);
      const steps = result?.rows.map((row) => row['QUERY PLAN']) ?? [];
      assert.ok(
        steps.some((step) => step.includes('Index')),
        steps.join('\n'),
      );
      assert.deepEqual(
        steps.filter((step) => step.includes('Seq Scan')),
        [],
      );
      if (what.includes('after a cursor') || what.includes('begin')) {
        assert.ok(!steps.some((step) => step.includes('Sort')), steps.join('\n'));
      }
    });
  }
});
