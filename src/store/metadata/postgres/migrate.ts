import type { Pool, PoolClient } from 'pg';
import { migrateGraphileJobs } from '#store/jobs/index.ts';
import { MetadataError } from '../error.ts';
import { type AppliedMigration, type Migration, refuseNewer, requireAll } from '../migrations.ts';

/** Any number that no other program on the database takes. */
const LOCK = '8102759316284377';
const OLDEST_VERSION = 130_000;

/** Brings the schema up to date in one transaction. Any number of processes may do so at once: they wait for each other. */
export async function migrate(
  pool: Pool,
  migrations: readonly Migration[],
  { object, now }: { readonly object: string; readonly now: number },
): Promise<void> {
  const client = await pool.connect();
  try {
    await requireSuitable(client, object);
    await client.query('BEGIN');
    // However long others take for theirs.
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
    await client.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    await client.query(`CREATE TABLE IF NOT EXISTS migrations (
      number BIGINT PRIMARY KEY,
      is_breaking BIGINT NOT NULL,
      applied_at BIGINT NOT NULL
    )`);
    const applied = await readApplied(client);
    refuseNewer(migrations, applied, object);
    for (const { number, isBreaking, sql } of migrations) {
      if (!applied.some((one) => one.number === number)) {
        const row = [number, isBreaking ? 1 : 0, now];
        await client.query('INSERT INTO migrations (number, is_breaking, applied_at) VALUES ($1, $2, $3)', row);
        await client.query(sql);
      }
    }
    await migrateGraphileJobs(pool);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    // Its transaction ends with it.
    client.release(true);
    throw error;
  }
}

/** Throws `METADATA_NEWER` and `METADATA_NOT_READY`, for whoever only reads and so may not change the schema. */
export async function checkSchema(pool: Pool, migrations: readonly Migration[], object: string): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ there: boolean }>("SELECT to_regclass('migrations') IS NOT NULL AS there");
    const applied = rows[0]?.there === true ? await readApplied(client) : [];
    refuseNewer(migrations, applied, object);
    requireAll(migrations, applied, object);
  } finally {
    client.release();
  }
}

async function readApplied(client: PoolClient): Promise<readonly AppliedMigration[]> {
  const { rows } = await client.query<{ number: number; is_breaking: number }>(
    'SELECT number, is_breaking FROM migrations',
  );
  return rows.map((row) => ({ number: row.number, isBreaking: row.is_breaking === 1 }));
}

/** What was acknowledged has to be there after a crash, and texts have to be ours. */
async function requireSuitable(client: PoolClient, object: string): Promise<void> {
  const { rows } = await client.query<Record<'version' | 'encoding' | 'fsync' | 'commit', string>>(`SELECT
    current_setting('server_version_num') AS version,
    current_setting('server_encoding') AS encoding,
    current_setting('fsync') AS fsync,
    current_setting('synchronous_commit') AS commit`);
  const [found] = rows;
  const checks: readonly (readonly [boolean, string, string])[] = [
    [Number(found?.version) >= OLDEST_VERSION, 'PostgreSQL 13 or later', `version ${found?.version}`],
    [found?.encoding === 'UTF8', 'a database in UTF-8', `encoding ${found?.encoding}`],
    [found?.fsync === 'on', 'fsync = on', `fsync = ${found?.fsync}`],
    [found?.commit !== 'off', 'synchronous_commit other than off', 'synchronous_commit = off'],
  ];
  for (const [isRight, expected, text] of checks) {
    if (!isRight) {
      throw new MetadataError('METADATA_UNSUITABLE', 'unsuitable database', { object, expected, found: text });
    }
  }
}
