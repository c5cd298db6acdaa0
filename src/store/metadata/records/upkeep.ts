import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { BlobKey } from '#model/platform/blob-store.ts';
import type { BlobUpkeep } from '#model/platform/records.ts';
import type { Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { toBlob } from './blobs.ts';
import { type Dialect, valuesOf } from './dialect.ts';

/** What garbage collection and the scrubber ask and change. */
export function upkeepRecords(db: Kysely<Tables>, dialect: Dialect): BlobUpkeep {
  return {
    unlinkUnneeded: (linkedBefore, limit) => atomically(db, (all) => unlinkUnneeded(all, linkedBefore, limit)),
    unheld: async (createdBefore, limit) => {
      const rows = await db
        .selectFrom('blobs as b')
        .selectAll('b')
        .where('b.created_at', '<', createdBefore)
        .where(isUnheld)
        .orderBy('b.digest')
        .limit(limit)
        .execute();
      return rows.map(toBlob);
    },
    forget: (digest) => atomically(db, (all) => forget(all, digest)),
    known: async (keys) => {
      const { rows } = await sql<{ storage_key: string }>`
        SELECT storage_key FROM blobs WHERE storage_key IN (SELECT value FROM ${valuesOf(dialect, keys)})`.execute(db);
      return new Set(rows.map(({ storage_key }) => storage_key as BlobKey));
    },
    leastVerified: async (before, limit) => {
      const rows = await db
        .selectFrom('blobs')
        .selectAll()
        .where('verified_at', '<', before)
        .orderBy('verified_at')
        .orderBy('digest')
        .limit(limit)
        .execute();
      return rows.map(toBlob);
    },
    setVerified: ({ digest, key }, now, isDamaged) =>
      atomically(db, (all) => setVerified(all, { digest, key, now, isDamaged })),
    totals: async () => {
      const row = await db
        .selectFrom('blobs')
        .select(({ fn }) => [fn.countAll<number>().as('blobs'), fn.sum<number | null>('size').as('bytes')])
        .executeTakeFirstOrThrow();
      return { blobs: Number(row.blobs), bytes: Number(row.bytes ?? 0) };
    },
  };
}

/** Row by row: whoever links, mounts or pushes at this moment has the row, and it is looked at again once this one has it. */
async function unlinkUnneeded(db: Kysely<Tables>, linkedBefore: number, limit: number): Promise<number> {
  const links = await db
    .selectFrom('repository_blobs as l')
    .select(['l.repository_id', 'l.digest'])
    .where('l.linked_at', '<', linkedBefore)
    .where(isUnneeded)
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  let unlinked = 0;
  for (const { repository_id, digest } of links) {
    const row = await db
      .deleteFrom('repository_blobs as l')
      .where('l.repository_id', '=', repository_id)
      .where('l.digest', '=', digest)
      .where('l.linked_at', '<', linkedBefore)
      .where(isUnneeded)
      .returning('digest')
      .executeTakeFirst();
    unlinked += row === undefined ? 0 : 1;
  }
  return unlinked;
}

function isUnneeded(eb: ExpressionBuilder<Tables & { l: Tables['repository_blobs'] }, 'l'>) {
  return eb.not(
    eb.exists(
      eb
        .selectFrom('manifest_references as f')
        .select('f.manifest')
        .whereRef('f.repository_id', '=', 'l.repository_id')
        .whereRef('f.blob', '=', 'l.digest'),
    ),
  );
}

function isUnheld(eb: ExpressionBuilder<Tables & { b: Tables['blobs'] }, 'b'>) {
  return eb.not(
    eb.exists(eb.selectFrom('repository_blobs as l').select('l.digest').whereRef('l.digest', '=', 'b.digest')),
  );
}

/** Two statements: the second sees what whoever had the row before has done. */
async function forget(db: Kysely<Tables>, digest: Digest): Promise<boolean> {
  await db.selectFrom('blobs').select('digest').where('digest', '=', digest).forUpdate().execute();
  const row = await db
    .deleteFrom('blobs as b')
    .where('b.digest', '=', digest)
    .where(isUnheld)
    .returning('digest')
    .executeTakeFirst();
  return row !== undefined;
}

async function setVerified(
  db: Kysely<Tables>,
  found: { readonly digest: Digest; readonly key: BlobKey; readonly now: number; readonly isDamaged: boolean },
): Promise<boolean | null> {
  const before = await db
    .selectFrom('blobs')
    .select('damaged_at')
    .where('digest', '=', found.digest)
    .where('storage_key', '=', found.key)
    .forUpdate()
    .executeTakeFirst();
  if (before === undefined) {
    return null;
  }
  await db
    .updateTable('blobs')
    .set({ verified_at: found.now, damaged_at: found.isDamaged ? (before.damaged_at ?? found.now) : null })
    .where('digest', '=', found.digest)
    .execute();
  return before.damaged_at !== null;
}
