import type { Kysely } from 'kysely';
import { newId, type RandomBytes } from '#base/uuid.ts';
import type { JobKind } from '#model/platform/job.ts';
import type { JobRecords } from '#model/platform/records.ts';
import { checkRequest } from '../request.ts';
import type { JobTables } from '../tables.ts';

/** Enqueues as rows. `enqueued` is called while the transaction is still open. */
export function rowJobRecords(
  db: Kysely<JobTables>,
  random: RandomBytes,
  enqueued: (kind: JobKind) => void,
): JobRecords {
  return {
    enqueue: async (request, now) => {
      const { kind, payload, key, projectId, runAt, priority, maxAttempts } = checkRequest(request, now);
      const waiting = { project_id: projectId, kind, payload, priority, run_at: runAt, max_attempts: maxAttempts };
      const row = { ...waiting, attempts: 0, last_error: null, created_at: now };
      if (key !== null) {
        await giveUpKey(db, key);
      }
      await db
        .insertInto('jobs')
        .values({ id: newId(now, random), job_key: key, leased_by: null, leased_until: null, failed_at: null, ...row })
        .onConflict((conflict) => conflict.column('job_key').doUpdateSet(row))
        .execute();
      enqueued(request.kind);
    },
  };
}

/**
 * A job at hand works with what was known when it began: the new one comes after it, and makes another attempt at it pointless. One that failed
 * stays to be seen.
 */
async function giveUpKey(db: Kysely<JobTables>, key: string): Promise<void> {
  await db
    .updateTable('jobs')
    .set((set) => ({ job_key: null, max_attempts: set.ref('attempts') }))
    .where('job_key', '=', key)
    .where((where) => where.or([where('leased_by', 'is not', null), where('failed_at', 'is not', null)]))
    .execute();
}
