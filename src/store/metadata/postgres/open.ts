import { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { newId } from '#base/uuid.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { graphileJobs, type JobSettings } from '#store/jobs/index.ts';
import { readMigrations } from '../migrations.ts';
import { composeStore, type MetadataReader } from '../store.ts';
import type { Tables } from '../tables.ts';
import { PostgresPoolDialect } from './dialect.ts';
import { toError } from './failure.ts';
import { checkSchema, migrate } from './migrate.ts';
import { nameOf, openPool, type PoolOptions } from './pool.ts';

export interface PostgresStoreOptions extends PoolOptions, JobSettings {}

/** Opens the database, which any number of processes may do at once, and brings its schema up to date. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<MetadataStore> {
  const { url, clock } = options;
  const object = nameOf(url);
  const pool = openPool(options);
  try {
    await migrate(pool, await readMigrations('postgres'), { object, now: clock.now() });
  } catch (error) {
    await pool.end();
    throw toError(error, object);
  }
  return compose(pool, object, options);
}

/** Opens a database that a server of this version has made. Throws `METADATA_NOT_READY` when it has not. */
export async function openPostgresReader(options: PoolOptions): Promise<MetadataReader> {
  const object = nameOf(options.url);
  const pool = openPool(options, { options: '-c default_transaction_read_only=on' });
  try {
    await checkSchema(pool, await readMigrations('postgres'), object);
  } catch (error) {
    await pool.end();
    throw toError(error, object);
  }
  // Nothing is ever made with these.
  const unused = { clock: { now: () => 0 }, random: (length: number) => new Uint8Array(length) };
  return compose(pool, object, unused);
}

function compose(pool: Pool, object: string, settings: JobSettings): MetadataStore {
  const db = new Kysely<Tables>({ dialect: new PostgresPoolDialect(pool, object) });
  const jobs = graphileJobs(db, pool, settings);
  let closed: Promise<void> | null = null;
  return composeStore({
    db,
    dialect: 'postgres',
    newId: (now) => newId(now, settings.random),
    jobs: (transaction) => jobs.records(transaction),
    work: jobs,
    probe: async () => {
      await db.selectFrom('projects').select('id').limit(1).execute();
    },
    close: async () => {
      closed ??= pool.end();
      await closed;
    },
  });
}
