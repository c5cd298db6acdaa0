import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** Statements that belong together: in the transaction that there is, or in one of their own. */
export function atomically<Result>(db: Kysely<Tables>, work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
