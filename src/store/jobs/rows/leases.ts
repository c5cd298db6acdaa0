import type { Kysely } from 'kysely';
import type { JobCounts } from '#model/platform/job.ts';
import type { JobRow, JobTables } from '../tables.ts';

/** Who takes jobs, until when unless it says that it is alive, and which. */
export interface Taker {
  readonly owner: string;
  readonly kinds: readonly string[];
  readonly now: number;
  readonly until: number;
}

/** Whether there is anything for `take` to do. Reads only. */
export async function isAnythingDue(db: Kysely<JobTables>, taker: Taker): Promise<boolean> {
  return (await dueJobs(db, taker).limit(1).executeTakeFirst()) !== undefined;
}

/** Takes up to `limit` jobs, most urgent first. Each counts as an attempt from here on: a job may end its process. */
export async function take(db: Kysely<JobTables>, taker: Taker, limit: number): Promise<readonly JobRow[]> {
  const { owner, now, until } = taker;
  const taken = await db.transaction().execute(async (transaction) => {
    await failLost(transaction, now);
    return transaction
      .updateTable('jobs')
      .set(({ eb }) => ({ leased_by: owner, leased_until: until, attempts: eb('attempts', '+', 1) }))
      .where('id', 'in', dueJobs(transaction, taker).limit(limit))
      .returningAll()
      .execute();
  });
  return taken.toSorted((a, b) => a.priority - b.priority || a.run_at - b.run_at || (a.id < b.id ? -1 : 1));
}

function dueJobs(db: Kysely<JobTables>, { kinds, now }: Taker) {
  return db
    .selectFrom('jobs')
    .select('id')
    .where('failed_at', 'is', null)
    .where('kind', 'in', kinds)
    .where('run_at', '<=', now)
    .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<', now)]))
    .orderBy('priority')
    .orderBy('run_at')
    .orderBy('id');
}

/** Jobs whose last worker was lost, and that may not be tried again. */
async function failLost(db: Kysely<JobTables>, now: number): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ leased_by: null, leased_until: null, failed_at: now, last_error: 'its worker was lost' })
    .where('failed_at', 'is', null)
    .where('leased_until', '<', now)
    .whereRef('attempts', '>=', 'max_attempts')
    .execute();
}

/** Makes leases longer. The jobs that the owner still has. */
export async function renew(
  db: Kysely<JobTables>,
  owner: string,
  ids: readonly string[],
  until: number,
): Promise<ReadonlySet<string>> {
  const rows = await db
    .updateTable('jobs')
    .set({ leased_until: until })
    .where('leased_by', '=', owner)
    .where('id', 'in', ids)
    .returning('id')
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** A job that is done is gone. Nothing happens to one that another worker has, here and below. */
export async function finish(db: Kysely<JobTables>, { id, leased_by }: JobRow): Promise<void> {
  await db.deleteFrom('jobs').where('id', '=', id).where('leased_by', '=', leased_by).execute();
}

export async function fail(
  db: Kysely<JobTables>,
  { id, leased_by }: JobRow,
  failure: { readonly message: string; readonly now: number; readonly retryAt: number },
): Promise<void> {
  const { message, now, retryAt } = failure;
  await db
    .updateTable('jobs')
    .set((set) => ({
      leased_by: null,
      leased_until: null,
      last_error: message,
      run_at: retryAt,
      // It may have got fewer attempts meanwhile: another took its key.
      failed_at: set.case().when('attempts', '>=', set.ref('max_attempts')).then(now).else(null).end(),
    }))
    .where('id', '=', id)
    .where('leased_by', '=', leased_by)
    .execute();
}

/** Gives a job back as if it had not been taken. */
export async function giveBack(db: Kysely<JobTables>, { id, leased_by }: JobRow): Promise<void> {
  await db
    .updateTable('jobs')
    .set(({ eb }) => ({ leased_by: null, leased_until: null, attempts: eb('attempts', '-', 1) }))
    .where('id', '=', id)
    .where('leased_by', '=', leased_by)
    .execute();
}

export async function countJobs(db: Kysely<JobTables>): Promise<JobCounts> {
  const { all, running, failed } = await db
    .selectFrom('jobs')
    .select(({ fn }) => [
      fn.countAll<number>().as('all'),
      fn.count<number>('leased_by').as('running'),
      fn.count<number>('failed_at').as('failed'),
    ])
    .executeTakeFirstOrThrow();
  return { waiting: all - running - failed, running, failed };
}

export async function forgetFailedJobs(db: Kysely<JobTables>, before: number): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('jobs').where('failed_at', '<', before).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
