import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** PostgreSQL: serialization_failure, deadlock_detected. Nothing was done, and it may well work the next time. */
const TRY_AGAIN: readonly unknown[] = ['40001', '40P01'];
const MAX_TRIES = 10;

/** Statements that belong together: in the transaction that there is, or in one of their own, which may be tried several times. */
export async function atomically<Result>(
  db: Kysely<Tables>,
  work: (db: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  if (db.isTransaction) {
    return work(db);
  }
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (tries === MAX_TRIES || !(error instanceof Error && 'code' in error && TRY_AGAIN.includes(error.code))) {
        throw error;
      }
    }
  }
}
