import { type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { IdempotencyRecords, IdempotentRequest } from '#model/platform/records.ts';
import type { Tables } from '../tables.ts';
import { atomically } from './atomically.ts';

/** Requests that are done once, however often they are sent. */
export function idempotencyRecords(db: Kysely<Tables>): IdempotencyRecords {
  return {
    begin: (account, key, requestDigest, now, expiresAt) =>
      atomically(db, (all) => begin(all, { account, key, requestDigest, now, expiresAt })),
    finish: async (account, key, requestDigest, { status, body, expiresAt }) => {
      const row = await db
        .updateTable('idempotency_keys')
        .set({ status, body, expires_at: expiresAt })
        .where('account', '=', account)
        .where('key', '=', key)
        .where('request', '=', requestDigest)
        .where('status', 'is', null)
        .returning('key')
        .executeTakeFirst();
      return row !== undefined;
    },
    forget: async (account, key, requestDigest) => {
      await db
        .deleteFrom('idempotency_keys')
        .where('account', '=', account)
        .where('key', '=', key)
        .where('request', '=', requestDigest)
        .where('status', 'is', null)
        .execute();
    },
    expire: async (now, limit) => {
      const { numAffectedRows } = await sql`
        DELETE FROM idempotency_keys WHERE (account, key) IN (
          SELECT account, key FROM idempotency_keys WHERE expires_at <= ${now} ORDER BY expires_at LIMIT ${limit}
        )`.execute(db);
      return Number(numAffectedRows ?? 0);
    },
  };
}

interface Begin {
  readonly account: string;
  readonly key: string;
  readonly requestDigest: Digest;
  readonly now: number;
  readonly expiresAt: number;
}

/** One statement decides: the row is new, or it was past its time and is taken over. Else it is as it is. */
async function begin(db: Kysely<Tables>, request: Begin): Promise<IdempotentRequest> {
  const { account, key, requestDigest, now, expiresAt } = request;
  const fresh = { request: requestDigest, status: null, body: null, expires_at: expiresAt };
  for (;;) {
    const taken = await db
      .insertInto('idempotency_keys')
      .values({ account, key, ...fresh })
      .onConflict((conflict) =>
        conflict.columns(['account', 'key']).doUpdateSet(fresh).where('idempotency_keys.expires_at', '<=', now),
      )
      .returning('key')
      .executeTakeFirst();
    if (taken !== undefined) {
      return { kind: 'new' };
    }
    const row = await db
      .selectFrom('idempotency_keys')
      .select(['request', 'status', 'body'])
      .where('account', '=', account)
      .where('key', '=', key)
      .executeTakeFirst();
    if (row !== undefined) {
      return answerOf(row, requestDigest);
    }
    // It was forgotten between the two: then it is new after all.
  }
}

function answerOf(
  { request, status, body }: Pick<Tables['idempotency_keys'], 'request' | 'status' | 'body'>,
  requestDigest: Digest,
): IdempotentRequest {
  if (request !== requestDigest) {
    return { kind: 'conflict' };
  }
  return status === null ? { kind: 'under-way' } : { kind: 'answered', status, body: body ?? '' };
}
