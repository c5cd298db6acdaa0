import { type Kysely, sql } from 'kysely';
import type { JobRecords } from '#model/platform/records.ts';
import { JobError } from '../error.ts';
import { checkRequest } from '../request.ts';
import type { JobTables } from '../tables.ts';

const MAX_TRIES = 100;

/** Enqueues with graphile-worker's own function, which tells the workers once the transaction is committed. */
export function graphileJobRecords(db: Kysely<JobTables>): JobRecords {
  return {
    enqueue: async (request, now) => {
      const { kind, payload, key, projectId, runAt, priority, maxAttempts } = checkRequest(request, now);
      // Of a job that is due at once the time is the database's: a clock that is ahead of it would only delay the job.
      const at = runAt <= now && request.runAt === undefined ? null : new Date(runAt).toISOString();
      const added = sql<{ readonly id: string | null }>`SELECT (graphile_worker.add_job(
        identifier => ${kind},
        payload => json_build_object('projectId', ${projectId}::text, 'payload', ${payload}::json),
        run_at => ${at}::timestamptz,
        max_attempts => ${maxAttempts}::integer,
        job_key => ${key}::text,
        priority => ${priority}::integer
      )).id`;
      // A worker that takes the job of this key while it is being replaced makes the function add nothing. The next try sees that it was taken.
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const { rows } = await added.execute(db);
        if (rows.some(({ id }) => id !== null)) {
          return;
        }
      }
      throw new JobError('JOB_NOT_ADDED', 'the job could not be enqueued', {
        object: `job ${kind}`,
        expected: 'its key to be free',
        found: `${MAX_TRIES} times a worker that had just taken it`,
      });
    },
  };
}
