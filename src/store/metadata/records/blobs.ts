import { type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { BlobKey } from '#model/platform/blob-store.ts';
import type { BlobRecord, BlobRecords, Repository } from '#model/platform/records.ts';
import { MetadataError } from '../error.ts';
import type { BlobRow, Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { selectRepositories } from './repositories.ts';
import { repositoryOf } from './repository-of.ts';
import { blobStandings } from './standings.ts';

/** Named, so that a connection may keep the statement prepared. */
const BLOB = ['b.digest', 'b.size', 'b.storage_key', 'b.created_at', 'b.verified_at', 'b.damaged_at'] as const;

/** Blobs, and which repositories hold them. */
export function blobRecords(db: Kysely<Tables>, dialect: Dialect): BlobRecords {
  return {
    find: async (digest) => {
      const row = await db.selectFrom('blobs').selectAll().where('digest', '=', digest).executeTakeFirst();
      return row === undefined ? null : toBlob(row);
    },
    linked: async (repositoryId, digest) => {
      const row = await db
        .selectFrom('repository_blobs as l')
        .innerJoin('blobs as b', 'b.digest', 'l.digest')
        .select(BLOB)
        .select('l.uploaded_by')
        .where('l.repository_id', '=', repositoryId)
        .where('l.digest', '=', digest)
        .executeTakeFirst();
      return row === undefined ? null : { ...toBlob(row), uploadedBy: uploadersIn(row.uploaded_by) };
    },
    linkedAmong: async (repositoryId, digests) => {
      const rows = await db
        .selectFrom('repository_blobs as l')
        .innerJoin('blobs as b', 'b.digest', 'l.digest')
        .select(BLOB)
        .where('l.repository_id', '=', repositoryId)
        .where('l.digest', 'in', sql<string>`(SELECT value FROM ${valuesOf(dialect, digests)} AS w)`)
        .execute();
      return new Map(rows.map((row) => [row.digest as Digest, toBlob(row)]));
    },
    link: (repository, blob, by, now) =>
      atomically(db, async (all) => {
        const key = await enter(all, { ...blob, now });
        await hold(all, repository, blob.digest, by, now);
        return key;
      }),
    mount: (repository, digest, by, now) =>
      atomically(db, async (all) => {
        await keep(all, repository, digest);
        await hold(all, repository, digest, by, now);
      }),
    unlink: (repositoryId, digest) => atomically(db, (all) => unlink(all, repositoryId, digest)),
    standings: blobStandings(db),
    holders: async (digest, limit) => {
      const rows = await selectRepositories(db)
        .innerJoin('repository_blobs as l', 'l.repository_id', 'r.id')
        .where('l.digest', '=', digest)
        .orderBy('r.name')
        .limit(limit)
        .execute();
      return rows.map(repositoryOf);
    },
  };
}

export function toBlob(row: BlobRow): BlobRecord {
  return {
    digest: row.digest as Digest,
    size: row.size,
    key: row.storage_key as BlobKey,
    createdAt: row.created_at,
    verifiedAt: row.verified_at,
    damagedAt: row.damaged_at,
  };
}

/** The key that counts: the first one, unless its bytes are damaged. One statement, so that of two only one can be first. */
async function enter(
  db: Kysely<Tables>,
  {
    digest,
    size,
    key,
    now,
  }: { readonly digest: Digest; readonly size: number; readonly key: BlobKey; readonly now: number },
): Promise<BlobKey> {
  const row = await db
    .insertInto('blobs')
    .values({ digest, size, storage_key: key, created_at: now, verified_at: now, damaged_at: null })
    .onConflict((conflict) =>
      conflict.column('digest').doUpdateSet((eb) => ({
        storage_key: eb
          .case()
          .when('blobs.damaged_at', 'is', null)
          .then(eb.ref('blobs.storage_key'))
          .else(eb.ref('excluded.storage_key'))
          .end(),
        verified_at: eb
          .case()
          .when('blobs.damaged_at', 'is', null)
          .then(eb.ref('blobs.verified_at'))
          .else(eb.ref('excluded.verified_at'))
          .end(),
        damaged_at: null,
      })),
    )
    .returning('storage_key')
    .executeTakeFirstOrThrow();
  return row.storage_key as BlobKey;
}

/** From now on it counts as linked anew: whoever pushes has the whole grace to push the manifest as well. */
async function hold(
  db: Kysely<Tables>,
  repository: Repository,
  digest: Digest,
  by: string,
  now: number,
): Promise<void> {
  await db
    .insertInto('repository_blobs')
    .values({
      project_id: repository.projectId,
      repository_id: repository.id,
      digest,
      uploaded_by: entryOf(by),
      linked_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['repository_id', 'digest'])
        .doUpdateSet({ uploaded_by: withUploader(entryOf(by)), linked_at: now }),
    )
    .execute();
}

/** Past this, those who uploaded it first are forgotten. */
const MAX_UPLOADERS_CHARS = 8192;

/** All who uploaded the same bytes, each between line breaks: that somebody else did so too takes it from nobody. */
function entryOf(by: string): string {
  return `\n${by}\n`;
}

function uploadersIn(text: string): readonly string[] {
  return text.split('\n').filter((id) => id !== '');
}

/** In one statement, so that of two at once none is lost. */
function withUploader(entry: string) {
  const known = sql.ref<string>('repository_blobs.uploaded_by');
  return sql<string>`CASE WHEN replace(${known}, ${entry}, '') <> ${known} THEN ${known}
    WHEN length(${known}) > ${MAX_UPLOADERS_CHARS} THEN ${entry} ELSE ${known} || ${entry} END`;
}

/** Keeps a blob from being forgotten until the transaction ends. */
async function keep(db: Kysely<Tables>, repository: Repository, digest: Digest): Promise<void> {
  const row = await db
    .selectFrom('blobs')
    .select('digest')
    .where('digest', '=', digest)
    .forKeyShare()
    .executeTakeFirst();
  if (row === undefined) {
    throw new MetadataError('BLOB_GONE', 'this blob is not known any more', {
      object: `${repository.name}@${digest}`,
    });
  }
}

/** What only deleted manifests need stays, so that they can be restored, and is nobody's: nothing that can be seen reaches it. */
async function unlink(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<boolean> {
  const link = await db
    .selectFrom('repository_blobs')
    .select('uploaded_by')
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .forUpdate()
    .executeTakeFirst();
  if (link === undefined) {
    return false;
  }
  const need = await db
    .selectFrom('manifest_references as f')
    .innerJoin('manifests as m', (join) =>
      join.onRef('m.repository_id', '=', 'f.repository_id').onRef('m.digest', '=', 'f.manifest'),
    )
    .select(['m.digest', 'm.deleted_at'])
    .where('f.repository_id', '=', repositoryId)
    .where('f.blob', '=', digest)
    .orderBy(sql`CASE WHEN m.deleted_at IS NULL THEN 0 ELSE 1 END`)
    .limit(1)
    .executeTakeFirst();
  if (need === undefined) {
    await db
      .deleteFrom('repository_blobs')
      .where('repository_id', '=', repositoryId)
      .where('digest', '=', digest)
      .execute();
    return true;
  }
  if (need.deleted_at === null) {
    throw new MetadataError('BLOB_IN_USE', 'a manifest needs this blob', {
      object: `blob ${digest}`,
      found: `manifest ${need.digest}`,
      hint: 'Delete the manifest first.',
    });
  }
  await db
    .updateTable('repository_blobs')
    .set({ uploaded_by: '' })
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .execute();
  return link.uploaded_by !== '';
}
