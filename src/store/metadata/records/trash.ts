import { type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { TrashedManifest, TrashRecords } from '#model/platform/records.ts';
import type { Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { markWhere } from './due-images.ts';
import { forgetImage, hideImage, isImage, showImage } from './images.ts';
import { lockRepository } from './manifest-insert.ts';
import { rememberRefusals } from './past-refusals.ts';
import { forgetRelease, release, releaseChildren } from './releases.ts';
import { repositoryOf } from './repository-of.ts';
import { parseStored } from './stored-json.ts';

/** Manifests that are deleted: with their states, their references and the names of their tags, until they are collected. */
export function trashRecords(db: Kysely<Tables>): TrashRecords {
  return {
    delete: (repositoryId, digest, by, now) => atomically(db, (all) => remove(all, repositoryId, digest, by, now)),
    restore: (repositoryId, digest, now) => atomically(db, (all) => restore(all, repositoryId, digest, now)),
    list: (page) => list(db, page),
    purge: (repositoryId, digest, deletedBefore) =>
      atomically(db, (all) => purge(all, repositoryId, digest, deletedBefore)),
  };
}

async function remove(
  db: Kysely<Tables>,
  repositoryId: string,
  digest: Digest,
  by: string,
  now: number,
): Promise<readonly string[] | null> {
  const live = await lockManifest(db, repositoryId, digest);
  if (live === undefined || live.deleted_at !== null) {
    return null;
  }
  const rows = await db
    .deleteFrom('tags')
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .returning('name')
    .execute();
  const tags = rows.map(({ name }) => name).toSorted();
  await db
    .updateTable('manifests')
    .set({ deleted_at: now, deleted_by: by, deleted_tags: JSON.stringify(tags) })
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .execute();
  await hideImage(db, repositoryId, digest);
  return tags;
}

async function restore(db: Kysely<Tables>, repositoryId: string, digest: Digest, now: number): Promise<boolean> {
  const deleted = await lockManifest(db, repositoryId, digest);
  if (deleted === undefined || deleted.deleted_at === null) {
    return false;
  }
  await db
    .updateTable('manifests')
    .set({ deleted_at: null, deleted_by: null, deleted_tags: null })
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .execute();
  for (const name of tagsOf(deleted.deleted_tags)) {
    await db
      .insertInto('tags')
      .values({
        project_id: deleted.project_id,
        repository_id: repositoryId,
        name,
        digest,
        updated_at: now,
        updated_by: deleted.pushed_by,
      })
      .onConflict((conflict) => conflict.columns(['repository_id', 'name']).doNothing())
      .execute();
  }
  await release(db, repositoryId, digest, now);
  await showImage(db, repositoryId, digest);
  // Nobody judged it meanwhile.
  await markWhere(db, isImage(repositoryId, digest), { cause: 'new', now });
  return true;
}

async function list(
  db: Kysely<Tables>,
  { after, limit, deletedBefore }: Parameters<TrashRecords['list']>[0],
): Promise<readonly TrashedManifest[]> {
  const [name, digest] = (after ?? '@').split('@');
  const rows = await db
    .selectFrom('manifests as m')
    .innerJoin('repositories as r', 'r.id', 'm.repository_id')
    .select(['m.repository_id', 'm.project_id', 'r.name as repository_name'])
    .select(['m.digest', 'm.size', 'm.deleted_at', 'm.deleted_by', 'm.deleted_tags'])
    .where('m.deleted_at', '<', deletedBefore)
    .where(sql<boolean>`(r.name, m.digest) > (${name ?? ''}, ${digest ?? ''})`)
    .orderBy('r.name')
    .orderBy('m.digest')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    cursor: `${row.repository_name}@${row.digest}`,
    repository: repositoryOf(row),
    digest: row.digest as Digest,
    size: row.size,
    deletedAt: row.deleted_at ?? 0,
    deletedBy: row.deleted_by ?? '',
    tags: tagsOf(row.deleted_tags),
  }));
}

async function purge(
  db: Kysely<Tables>,
  repositoryId: string,
  digest: Digest,
  deletedBefore: number,
): Promise<boolean> {
  await lockRepository(db, repositoryId);
  const deleted = await lockManifest(db, repositoryId, digest);
  if (deleted === undefined || deleted.deleted_at === null || deleted.deleted_at >= deletedBefore) {
    return false;
  }
  if (await isChild(db, repositoryId, digest)) {
    return false;
  }
  await rememberRefusals(db, repositoryId, digest);
  await releaseChildren(db, repositoryId, digest, deleted.deleted_at);
  await forgetRelease(db, repositoryId, digest);
  for (const table of ['approvals', 'image_inventories'] as const) {
    await db.deleteFrom(table).where('repository_id', '=', repositoryId).where('digest', '=', digest).execute();
  }
  await db
    .deleteFrom('manifest_references')
    .where('repository_id', '=', repositoryId)
    .where('manifest', '=', digest)
    .execute();
  await forgetImage(db, repositoryId, digest);
  await db.deleteFrom('manifests').where('repository_id', '=', repositoryId).where('digest', '=', digest).execute();
  return true;
}

function lockManifest(db: Kysely<Tables>, repositoryId: string, digest: Digest) {
  return db
    .selectFrom('manifests')
    .select(['project_id', 'pushed_by', 'deleted_at', 'deleted_tags'])
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .forUpdate()
    .executeTakeFirst();
}

async function isChild(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<boolean> {
  const row = await db
    .selectFrom('manifest_references')
    .select('manifest')
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .where('kind', '=', 'child')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** What `delete` wrote. */
function tagsOf(json: string | null): readonly string[] {
  return json === null ? [] : parseStored(json, 'tags of a deleted manifest');
}
