import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { Client } from 'pg';
import { systemClock } from '#base/clock.ts';
import { type Postgres, startPostgres } from '#test/fixtures/postgres.ts';
import {
  postgresSchemaShape,
  postgresSchemaText,
  type SchemaShape,
  sqliteSchemaShape,
  sqliteSchemaText,
} from '#test/fixtures/schema.ts';
import { missing } from '#test/prerequisites.ts';
import { readMigrations } from './migrations.ts';
import { migrate as migratePostgres } from './postgres/migrate.ts';
import { openPool } from './postgres/pool.ts';
import { migrate as migrateSqlite } from './sqlite/migrate.ts';

const root = resolve(import.meta.dirname, '../../..');
/** With PLIMSOLL_WRITE_SCHEMA=1 the dumps are written and not compared. */
const isWriting = process.env['PLIMSOLL_WRITE_SCHEMA'] === '1';
const skip = missing('postgresql');
const sqlite = new DatabaseSync(':memory:');
const sqliteMigrations = await readMigrations('sqlite');
migrateSqlite(sqlite, sqliteMigrations, { path: ':memory:', patienceMs: 0, now: 1 });
after(() => sqlite.close());

describe('the schema', () => {
  it('of SQLite is what its dump says', () => compare('sql/sqlite/schema.sql', sqliteSchemaText(sqlite)));

  it('of PostgreSQL is what its dump says, and the same as that of SQLite', { skip }, async () => {
    const { text, shape } = await postgresSchema();
    compare('sql/postgres/schema.sql', text);
    assert.deepEqual(common(shape), common(sqliteSchemaShape(sqlite)));
  });

  it('carries the project on every row but those that are shared', () => {
    const headers = sqliteMigrations.map(({ sql }) => sql.split('\n\n', 1).join('')).join('\n');
    const shared = new Set(
      [...headers.matchAll(/^-- Of .*?: (.*)\.$/gm)].flatMap(([, names]) => (names ?? '').split(', ')),
    );
    assert.ok(shared.has('blobs') && shared.has('projects'));
    const without = [...sqliteSchemaShape(sqlite)].filter(([, { columns }]) => columns['project_id'] === undefined);
    assert.deepEqual(without.map(([name]) => name).toSorted(), [...shared].toSorted());
  });

  it('is what the types of its tables say', () => {
    const files = ['src/store/metadata/tables.ts', 'src/store/jobs/tables.ts'];
    const source = files.map((path) => readFileSync(resolve(root, path), 'utf8')).join('\n');
    const interfaces = new Map(
      [...source.matchAll(/^export interface (\w+)(?: extends \w+)? \{\n([^}]*)\}/gm)].map(([, name, body]) => [
        name,
        fieldsOf(body),
      ]),
    );
    const shape = sqliteSchemaShape(sqlite);
    const tables = new Map([...(interfaces.get('Tables') ?? []), ...(interfaces.get('JobTables') ?? [])]);
    assert.deepEqual([...tables.keys(), 'migrations'].toSorted(), [...shape.keys()].toSorted());
    for (const [table, type] of tables) {
      const columns = Object.entries(shape.get(table)?.columns ?? {});
      assert.deepEqual(
        [...(interfaces.get(type) ?? [])].map(([name, text]) => [name, text.includes('| null')]),
        columns.map(([name, { isNullable }]) => [name, isNullable]),
        table,
      );
    }
  });

  it('sorts by bytes in PostgreSQL wherever an index does', () => {
    const source = readFileSync(resolve(root, 'sql/postgres/schema.sql'), 'utf8');
    let keysFound = 0;
    for (const table of source.split(/^(?=CREATE TABLE )/m)) {
      const loose = [...table.matchAll(/^ {2}(\w+) text(?! COLLATE)/gm)].map(([, name]) => name ?? '');
      const keys = [...table.matchAll(/(?:KEY|UNIQUE|USING btree) \(([^)]*)\)/g)].flatMap(([, names]) =>
        names?.split(', '),
      );
      keysFound += keys.length;
      assert.deepEqual(
        loose.filter((name) => keys.includes(name)),
        [],
        table,
      );
    }
    assert.ok(keysFound > 50 && / text NOT NULL/.test(source));
  });
});

function compare(path: string, text: string): void {
  const file = resolve(root, path);
  if (isWriting) {
    writeFileSync(file, text);
  }
  assert.equal(
    readFileSync(file, 'utf8'),
    text,
    `${path} is not up to date: run this test with PLIMSOLL_WRITE_SCHEMA=1`,
  );
}

async function postgresSchema(): Promise<{ readonly text: string; readonly shape: SchemaShape }> {
  const server: Postgres = await startPostgres();
  try {
    const url = await server.createDatabase();
    const pool = openPool({ url });
    await migratePostgres(pool, await readMigrations('postgres'), { object: url, now: systemClock.now() });
    await pool.end();
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return { text: await postgresSchemaText(client), shape: await postgresSchemaShape(client) };
    } finally {
      await client.end();
    }
  } finally {
    await server.stop();
  }
}

/** Without what one of the two has and needs alone: jobs of graphile-worker are in a schema of theirs. */
function common(shape: SchemaShape): Readonly<Record<string, unknown>> {
  const { jobs: _, ...tables } = Object.fromEntries(shape);
  const events = tables['events'];
  const { transaction_id: __, ...columns } = events?.columns ?? {};
  return { ...tables, events: { ...events, columns } };
}

function fieldsOf(body: string | undefined): ReadonlyMap<string, string> {
  return new Map(
    [...(body ?? '').matchAll(/readonly (\w+): ([^;]+);/g)].map(([, name = '', type = '']) => [name, type]),
  );
}
