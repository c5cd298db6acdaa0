import type { Kysely } from 'kysely';
import { JOB_KINDS, type JobKind, type JobRunnerOptions } from '#model/platform/job.ts';
import type { JobRecords } from '#model/platform/records.ts';
import type { JobTables } from './tables.ts';

type Schedules = JobRunnerOptions['schedules'];

/** Makes what is not known yet come after one interval. A shorter interval than before counts from now on. */
export async function announceSchedules(db: Kysely<JobTables>, schedules: Schedules, now: number): Promise<void> {
  for (const [kind, everyMs] of entriesOf(schedules)) {
    await db
      .insertInto('schedules')
      .values({ kind, next_at: now + everyMs })
      .onConflict((conflict) =>
        conflict
          .column('kind')
          .doUpdateSet({ next_at: now + everyMs })
          .where('schedules.next_at', '>', now + everyMs),
      )
      .execute();
  }
}

/** Enqueues what is due, in the transaction that moves its time on: of many workers one does. How many were due. */
export async function enqueueDue(
  db: Kysely<JobTables>,
  schedules: Schedules,
  records: (db: Kysely<JobTables>) => JobRecords,
  now: number,
): Promise<number> {
  const due = new Set(
    (await db.selectFrom('schedules').select('kind').where('next_at', '<=', now).execute()).map(({ kind }) => kind),
  );
  const mine = entriesOf(schedules).filter(([kind]) => due.has(kind));
  for (const [kind, everyMs] of mine) {
    await db.transaction().execute(async (transaction) => {
      const moved = await transaction
        .updateTable('schedules')
        .set({ next_at: now + everyMs })
        .where('kind', '=', kind)
        .where('next_at', '<=', now)
        .returning('kind')
        .executeTakeFirst();
      if (moved !== undefined) {
        await records(transaction).enqueue({ kind, payload: {}, key: `schedule:${kind}` }, now);
      }
    });
  }
  return mine.length;
}

function entriesOf(schedules: Schedules): readonly (readonly [JobKind, number])[] {
  return JOB_KINDS.flatMap((kind) => {
    const everyMs = schedules?.[kind];
    return everyMs === undefined ? [] : [[kind, everyMs] as const];
  });
}
