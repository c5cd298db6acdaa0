import assert from 'node:assert/strict';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { test } from 'node:test';
import { Kysely, SqliteDialect } from 'kysely';
import { digestOf } from '#base/digest.ts';
import { readMigrations } from '../migrations.ts';
import type { Tables } from '../tables.ts';
import { inventoryRecords } from './inventories.ts';

const SCHEMA = (await readMigrations('sqlite')).map(({ sql }) => sql).join('\n');

test('an inventory takes as many statements as any other, however large it is', async () => {
  const counts = await Promise.all([1, 5000].map(statementsFor));
  assert.deepEqual(counts, [7, 7]);
});

async function statementsFor(packages: number): Promise<number> {
  const database = new DatabaseSync(':memory:');
  database.exec(SCHEMA);
  const statements: string[] = [];
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: adapted(database) }),
    log: ({ query }) => {
      statements.push(query.sql);
    },
  });
  await inventoryRecords(db, 'sqlite').write({
    layerSet: digestOf('layers'),
    packages: Array.from({ length: packages }, (_, index) => `pkg:npm/package-${index}@1.0.0`),
    unknowns: [],
    analysedAt: 1,
    content: null,
  });
  const [{ count } = { count: 0 }] = database.prepare('SELECT count(*) AS count FROM postings').all();
  assert.equal(count, packages);
  await db.destroy();
  return statements.length;
}

function adapted(database: DatabaseSync): ConstructorParameters<typeof SqliteDialect>[0]['database'] {
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
      return {
        reader: true,
        all: (parameters) => statement.all(...values(parameters)),
        iterate: () => [][Symbol.iterator](),
        run: (parameters) => {
          const { changes, lastInsertRowid } = statement.run(...values(parameters));
          return { changes, lastInsertRowid };
        },
      };
    },
  };
}
