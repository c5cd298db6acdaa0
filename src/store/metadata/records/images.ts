import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { Repository } from '#model/platform/records.ts';
import type { ImageRow, Tables } from '../tables.ts';
import { holdKnown } from './tags.ts';

/**
 * The number of an image; it gets one when something is said of it for the first time. In a transaction. Throws `MANIFEST_NOT_IN_REPOSITORY`.
 */
export async function imageIdOf(db: Kysely<Tables>, repository: Repository, digest: Digest): Promise<number> {
  const known = await find(db, repository.id, digest);
  if (known !== null) {
    return known;
  }
  // Whoever changes its state at this moment waits until the row is there to be changed as well, or has changed what is read here.
  await holdKnown(db, repository, digest);
  await sql`
    INSERT INTO images (
      project_id, repository_id, digest, repository_name, lifecycle, is_deleted, unknown_count, created_at, severities, badness, used_at
    )
    SELECT m.project_id, m.repository_id, m.digest, r.name, m.lifecycle, CASE WHEN m.deleted_at IS NULL THEN 0 ELSE 1 END,
      0, -1, 0, -1, ${lastUse(sql`m`)}
    FROM manifests m JOIN repositories r ON r.id = m.repository_id
    WHERE m.repository_id = ${repository.id} AND m.digest = ${digest}
    ON CONFLICT (repository_id, digest) DO NOTHING`.execute(db);
  const made = await find(db, repository.id, digest);
  if (made === null) {
    throw new TypeError('an image that was just written is not there');
  }
  return made;
}

async function find(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<number | null> {
  const row = await db
    .selectFrom('images')
    .select('id')
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** When something was last seen to run it, or an index that it is in. `image` has `repository_id` and `digest`. */
export function lastUse(image: RawBuilder<unknown>): RawBuilder<number | null> {
  return sql`(
    SELECT max(u.seen_at) FROM image_uses u
    WHERE u.repository_id = ${image}.repository_id AND u.digest IN (
      SELECT ${image}.digest
      UNION ALL
      SELECT f.manifest FROM manifest_references f
      WHERE f.repository_id = ${image}.repository_id AND f.digest = ${image}.digest AND f.kind = 'child'
    )
  )`;
}

/** What is deleted is not listed and not judged. */
export async function hideImage(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<void> {
  await db.deleteFrom('due_images').where('image_id', 'in', idOf(repositoryId, digest)).execute();
  await setDeleted(db, repositoryId, digest, 1);
}

/** Back, and in the state that its manifest is in by now. */
export async function showImage(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<void> {
  await setDeleted(db, repositoryId, digest, 0);
}

async function setDeleted(db: Kysely<Tables>, repositoryId: string, digest: Digest, isDeleted: number): Promise<void> {
  await db
    .updateTable('images')
    .set({ is_deleted: isDeleted, lifecycle: lifecycleOf(repositoryId, digest) })
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .execute();
}

/** For good, with all that is said of it. */
export async function forgetImage(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<void> {
  for (const table of ['due_images', 'judgements'] as const) {
    await db.deleteFrom(table).where('image_id', 'in', idOf(repositoryId, digest)).execute();
  }
  await db.deleteFrom('images').where('repository_id', '=', repositoryId).where('digest', '=', digest).execute();
}

/** Its manifest was pushed again: what was said of the one that was deleted is of no use. */
export async function renewImage(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<void> {
  await showImage(db, repositoryId, digest);
  await db.deleteFrom('judgements').where('image_id', 'in', idOf(repositoryId, digest)).execute();
}

/** In the transaction that changes the state of the manifest. */
export async function followState(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<void> {
  await db
    .updateTable('images')
    .set({ lifecycle: lifecycleOf(repositoryId, digest) })
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .execute();
}

function lifecycleOf(repositoryId: string, digest: Digest): RawBuilder<ImageRow['lifecycle']> {
  return sql`(SELECT m.lifecycle FROM manifests m WHERE m.repository_id = ${repositoryId} AND m.digest = ${digest})`;
}

/** Of `images as i`. */
export function isImage(repositoryId: string, digest: Digest): RawBuilder<boolean> {
  return sql`i.repository_id = ${repositoryId} AND i.digest = ${digest}`;
}

/** For a statement; null for what has none. */
export function idOf(repositoryId: string, digest: Digest): RawBuilder<number> {
  return sql`(SELECT id FROM images WHERE repository_id = ${repositoryId} AND digest = ${digest})`;
}
