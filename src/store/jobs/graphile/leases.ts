import { type Kysely, sql } from 'kysely';
import type { JobCounts } from '#model/platform/job.ts';
import type { JobTables } from '../tables.ts';

/*
 * graphile-worker gives a job up when its worker has had it for four hours, dead or alive. Ours say that they live, by the same column, so that
 * what a dead one had is taken much sooner. These statements are the only ones that touch its private table.
 */

/** Makes leases longer. The jobs that the owners still have. */
export async function renewLocks(
  db: Kysely<JobTables>,
  owners: readonly string[],
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ readonly id: string }>`
    UPDATE graphile_worker._private_jobs SET locked_at = now()
    WHERE locked_by = ANY (${owners}::text[]) AND id = ANY (${ids}::text[]::bigint[])
    RETURNING id::text AS id`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** Takes jobs from workers that have not said for so long that they live. */
export async function unlockLost(db: Kysely<JobTables>, leaseMs: number): Promise<void> {
  await sql`
    UPDATE graphile_worker._private_jobs
    SET locked_at = NULL, locked_by = NULL, run_at = greatest(run_at, now()), last_error = 'its worker was lost'
    WHERE locked_at < now() - ${leaseMs}::bigint * interval '1 millisecond'`.execute(db);
}

/** Gives a job back as if it had not been taken. */
export async function giveBackLocked(db: Kysely<JobTables>, owners: readonly string[], id: string): Promise<void> {
  await sql`
    UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL, attempts = attempts - 1
    WHERE locked_by = ANY (${owners}::text[]) AND id = ${id}::text::bigint`.execute(db);
}

export async function countGraphileJobs(db: Kysely<JobTables>): Promise<JobCounts> {
  const { rows } = await sql<JobCounts>`
    SELECT
      count(*) FILTER (WHERE locked_at IS NULL AND attempts < max_attempts) AS waiting,
      count(*) FILTER (WHERE locked_at IS NOT NULL) AS running,
      count(*) FILTER (WHERE locked_at IS NULL AND attempts >= max_attempts) AS failed
    FROM graphile_worker.jobs`.execute(db);
  const [counts = { waiting: 0, running: 0, failed: 0 }] = rows;
  return counts;
}

/** With graphile-worker's own function, which leaves alone what a worker has at this moment. */
export async function forgetFailedGraphileJobs(db: Kysely<JobTables>, before: number): Promise<number> {
  const { rows } = await sql`
    SELECT graphile_worker.complete_jobs(ARRAY(
      SELECT id FROM graphile_worker.jobs
      WHERE locked_at IS NULL AND attempts >= max_attempts AND updated_at < ${new Date(before).toISOString()}::timestamptz
    ))`.execute(db);
  return rows.length;
}
