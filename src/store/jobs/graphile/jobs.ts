import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { type JobDriver, type JobSettings, withDefaults } from '../driver.ts';
import { announceSchedules } from '../schedules.ts';
import type { JobTables } from '../tables.ts';
import { countGraphileJobs, forgetFailedGraphileJobs } from './leases.ts';
import { graphileJobRecords } from './records.ts';

/** Jobs of graphile-worker, in the PostgreSQL that the records are in. What takes them is loaded with the first that does. */
export function graphileJobs(db: Kysely<JobTables>, pool: Pool, given: JobSettings): JobDriver {
  const settings = withDefaults(given);
  return {
    records: graphileJobRecords,
    counts: () => countGraphileJobs(db),
    forgetFailed: (before) => forgetFailedGraphileJobs(db, before),
    start: async (options) => {
      const { GraphileRunner } = await import('./runner.ts');
      await announceSchedules(db, options.schedules, settings.clock.now());
      return new GraphileRunner({ ...options, db, pool, settings });
    },
  };
}

/** The last migration of the graphile-worker that this program comes with. */
export const GRAPHILE_SCHEMA = 20;

/** Brings graphile-worker's schema up to date, on a connection of its own. One process at a time should. */
export async function migrateGraphileJobs(pool: Pool): Promise<void> {
  if ((await schemaOf(pool)) < GRAPHILE_SCHEMA) {
    const { migrateGraphile } = await import('./migrate.ts');
    await migrateGraphile(pool);
  }
}

/** So that processes which take no jobs need not load what does. */
async function schemaOf(pool: Pool): Promise<number> {
  const made = await pool.query("SELECT 1 WHERE to_regclass('graphile_worker.migrations') IS NOT NULL");
  if (made.rowCount === 0) {
    return 0;
  }
  const { rows } = await pool.query<{ newest: number | null }>(
    'SELECT max(id) AS newest FROM graphile_worker.migrations',
  );
  return rows[0]?.newest ?? 0;
}
