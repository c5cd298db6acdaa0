import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { Client } from 'pg';
import { systemClock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { startPostgres } from '#test/fixtures/postgres.ts';
import { missing } from '#test/prerequisites.ts';
import { made, namesOf, pages } from './contract/catalog-samples.ts';
import { openPostgresStore, openSqliteStore } from './index.ts';
import { readMigrations } from './migrations.ts';
import { migrate as migratePostgres } from './postgres/migrate.ts';
import { openPool } from './postgres/pool.ts';
import { migrate as migrateSqlite } from './sqlite/migrate.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-migration-'));
after(() => rmSync(folder, { recursive: true }));
const settings = { clock: systemClock, random: randomBytes };
const [APPROVED, DELETED, UNREAD] = [digestOf('approved'), digestOf('deleted'), digestOf('unread')];
const UNKNOWN = `{"kind":"unreadable","path":null,"layer":null,"analyser":"a","reason":"r"}`;

/** What a server of the first migration had: an image that is approved, one that is deleted, one that could not be read, and one nobody analysed. */
const ROWS = [
  "INSERT INTO projects VALUES ('p', 'team', 1)",
  "INSERT INTO repositories VALUES ('r', 'p', 'team/app', 1)",
  ...[APPROVED, DELETED, UNREAD, digestOf('not analysed')].map(
    (
      digest,
    ) => `INSERT INTO manifests (project_id, repository_id, digest, media_type, size, governor, annotations, pushed_by, pushed_at,
      lifecycle, lifecycle_reason, lifecycle_at, lifecycle_by, deleted_at, content)
      VALUES ('p', 'r', '${digest}', 'm', 0, '${digest}', '{}', 'u', 1,
      '${digest === APPROVED ? 'approved' : 'quarantined'}', 'x', 1, 'u', ${digest === DELETED ? '5' : 'NULL'}, '')`,
  ),
  `INSERT INTO inventories (layer_set, packages, package_count, unknowns, analysed_at) VALUES ('${digestOf('l')}', '', 7, '[${UNKNOWN}]', 1)`,
  ...[APPROVED, DELETED].map(
    (digest) =>
      `INSERT INTO image_inventories SELECT 'p', 'r', '${digest}', id, '[${UNKNOWN},${UNKNOWN}]', 1 FROM inventories`,
  ),
  `INSERT INTO image_inventories VALUES ('p', 'r', '${UNREAD}', NULL, '[${UNKNOWN}]', 1)`,
];

describe('a database of the first migration', () => {
  it('of SQLite has its images in the catalogue, due to be judged', async () => {
    const path = join(folder, 'old.db');
    const database = new DatabaseSync(path);
    migrateSqlite(database, (await readMigrations('sqlite')).slice(0, 1), { path, patienceMs: 0, now: 1 });
    for (const row of ROWS) {
      database.exec(row.replaceAll(", '')", ", X'')").replaceAll("', '', 7", "', X'', 7"));
    }
    database.close();
    const stores = await Promise.all([openSqliteStore({ path, ...settings }), openSqliteStore({ path, ...settings })]);
    await check(stores);
  });

  it('of PostgreSQL has its images in the catalogue, due to be judged', { skip: missing('postgresql') }, async () => {
    const server = await startPostgres();
    try {
      const url = await server.createDatabase();
      const pool = openPool({ url });
      await migratePostgres(pool, (await readMigrations('postgres')).slice(0, 1), { object: url, now: 1 });
      await pool.end();
      const client = new Client({ connectionString: url });
      await client.connect();
      for (const row of ROWS) {
        await client.query(row);
      }
      await client.end();
      const stores = await Promise.all([
        openPostgresStore({ url, ...settings }),
        openPostgresStore({ url, ...settings }),
      ]);
      await check(stores);
    } finally {
      await server.stop();
    }
  });
});

/** Closes the stores. */
async function check([store, other]: readonly [MetadataStore, MetadataStore]): Promise<void> {
  try {
    const found = await pages(store, {});
    assert.deepEqual(
      new Map(
        found.map(({ digest, packages, unknowns, state, isDue }) => [digest, [packages, unknowns, state, isDue]]),
      ),
      new Map([
        [APPROVED, [7, 3, 'approved', true]],
        [UNREAD, [null, 1, 'quarantined', true]],
      ]),
    );
    assert.deepEqual(await other.records.judgements.due(), { running: 0, promoted: 1, rest: 1 });
    const [first] = await other.records.judgements.take(1, 1, 2);
    assert.deepEqual([first?.digest, first?.cause], [APPROVED, 'new']);
    await made(other, 'team/new', '1');
    assert.deepEqual(namesOf(await pages(store, { prefixes: ['team/new'] })), ['team/new']);
  } finally {
    await store.close();
    await other.close();
  }
}
