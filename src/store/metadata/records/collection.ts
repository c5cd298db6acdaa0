import { type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { UploadState } from '#model/platform/blob-store.ts';
import type { CollectionRecords, Survey, SurveyOptions } from '#model/platform/records.ts';
import type { Tables } from '../tables.ts';
import { selectRepositories } from './repositories.ts';
import { repositoryOf } from './repository-of.ts';

/** What garbage collection asks besides; it changes nothing. */
export function collectionRecords(db: Kysely<Tables>): CollectionRecords {
  return {
    survey: async (options) => await survey(db, options),
    untagged: async (before, { after, limit }) => {
      const [name, digest] = (after ?? '@').split('@');
      const rows = await selectRepositories(db)
        .innerJoin('manifests as m', 'm.repository_id', 'r.id')
        .select(['m.digest', 'm.size'])
        .where(isUntagged(before))
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
      }));
    },
    isReferenced: async (repositoryId, digest) => {
      const { rows } = await sql<{ found: number }>`
        SELECT 1 AS found FROM tags WHERE repository_id = ${repositoryId} AND digest = ${digest}
        UNION ALL
        SELECT 1 AS found FROM manifest_references
        WHERE repository_id = ${repositoryId} AND digest = ${digest} AND kind = 'child'
        LIMIT 1`.execute(db);
      return rows.length > 0;
    },
    uploads: async ({ after, limit }) => {
      const rows = await db
        .selectFrom('uploads')
        .select(['id', 'state', 'updated_at'])
        .where('id', '>', after ?? '')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id, state, updated_at }) => ({
        id,
        state: JSON.parse(state) as UploadState,
        updatedAt: updated_at,
      }));
    },
  };
}

/** Of `manifests as m`: nothing has referred to it since then, what it may refer to is not there, not even deleted, and nobody says that it runs, or something in it, or has it taken. */
function isUntagged(before: number) {
  return sql<boolean>`
    m.deleted_at IS NULL AND m.pushed_at < ${before}
    AND NOT EXISTS (
      SELECT 1 FROM releases l WHERE l.repository_id = m.repository_id AND l.digest = m.digest AND l.released_at >= ${before}
    )
    AND NOT EXISTS (SELECT 1 FROM tags t WHERE t.repository_id = m.repository_id AND t.digest = m.digest)
    AND NOT EXISTS (
      SELECT 1 FROM manifest_references f
      WHERE f.repository_id = m.repository_id AND f.digest = m.digest AND f.kind = 'child'
    )
    AND NOT EXISTS (
      SELECT 1 FROM manifests s WHERE s.repository_id = m.repository_id AND s.digest = m.subject
    )
    AND NOT EXISTS (
      SELECT 1 FROM acquisitions a
      WHERE a.repository_id = m.repository_id AND a.finished_at IS NULL AND a.digest = m.digest
    )
    AND NOT EXISTS (SELECT 1 FROM image_uses u WHERE u.repository_id = m.repository_id AND u.digest = m.digest)
    AND NOT EXISTS (
      SELECT 1 FROM manifest_references f
      JOIN image_uses u ON u.repository_id = f.repository_id AND u.digest = f.digest
      WHERE f.repository_id = m.repository_id AND f.manifest = m.digest AND f.kind = 'child'
    )`;
}

/**
 * One statement, so that all of it is of one moment. `trash` may go by its age; `held` of these an index still has as child that stays itself;
 * `loose` are links that only what goes had needed.
 */
async function survey(db: Kysely<Tables>, options: SurveyOptions): Promise<Survey> {
  const { deletedBefore, unneededBefore, updatedBefore, untaggedBefore } = options;
  const untagged =
    untaggedBefore === null ? sql`SELECT 0` : sql`SELECT count(*) FROM manifests m WHERE ${isUntagged(untaggedBefore)}`;
  const { rows } = await sql<Record<keyof Survey, number | string | null>>`
    WITH RECURSIVE
    trash AS (
      SELECT repository_id, digest, size FROM manifests WHERE deleted_at < ${deletedBefore}
    ),
    held AS (
      SELECT t.repository_id, t.digest FROM trash t
      JOIN manifest_references f ON f.repository_id = t.repository_id AND f.digest = t.digest AND f.kind = 'child'
      WHERE NOT EXISTS (SELECT 1 FROM trash x WHERE x.repository_id = f.repository_id AND x.digest = f.manifest)
      UNION
      SELECT t.repository_id, t.digest FROM held h
      JOIN manifest_references f ON f.repository_id = h.repository_id AND f.manifest = h.digest AND f.kind = 'child'
      JOIN trash t ON t.repository_id = f.repository_id AND t.digest = f.digest
    ),
    gone AS (
      SELECT t.repository_id, t.digest, t.size FROM trash t
      WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.repository_id = t.repository_id AND h.digest = t.digest)
    ),
    loose AS (
      SELECT l.repository_id, l.digest FROM repository_blobs l
      WHERE l.linked_at < ${unneededBefore} AND NOT EXISTS (
        SELECT 1 FROM manifest_references f
        WHERE f.repository_id = l.repository_id AND f.blob = l.digest AND NOT EXISTS (
          SELECT 1 FROM gone g WHERE g.repository_id = f.repository_id AND g.digest = f.manifest
        )
      )
    ),
    unheld AS (
      SELECT b.size FROM blobs b
      WHERE b.created_at < ${unneededBefore} AND NOT EXISTS (
        SELECT 1 FROM repository_blobs l WHERE l.digest = b.digest AND NOT EXISTS (
          SELECT 1 FROM loose o WHERE o.repository_id = l.repository_id AND o.digest = l.digest
        )
      )
    )
    SELECT
      (${untagged}) AS "untagged",
      (SELECT count(*) FROM gone) AS "manifests",
      (SELECT coalesce(sum(size), 0) FROM gone) AS "manifestBytes",
      (SELECT count(*) FROM manifests m JOIN gone g ON g.repository_id = m.repository_id AND g.digest = m.subject
        WHERE m.deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM tags t WHERE t.repository_id = m.repository_id AND t.digest = m.digest)
        AND NOT EXISTS (
          SELECT 1 FROM manifest_references f
          WHERE f.repository_id = m.repository_id AND f.digest = m.digest AND f.kind = 'child' AND NOT EXISTS (
            SELECT 1 FROM gone x WHERE x.repository_id = f.repository_id AND x.digest = f.manifest
          )
        )
      ) AS "orphans",
      (SELECT count(*) FROM loose) AS "links",
      (SELECT count(*) FROM unheld) AS "blobs",
      (SELECT coalesce(sum(size), 0) FROM unheld) AS "blobBytes",
      (SELECT count(*) FROM uploads WHERE updated_at < ${updatedBefore}) AS "uploads",
      (SELECT coalesce(sum(size), 0) FROM uploads WHERE updated_at < ${updatedBefore}) AS "uploadBytes"`.execute(db);
  const [row] = rows;
  const number = (key: keyof Survey): number => Number(row?.[key] ?? 0);
  return {
    untagged: number('untagged'),
    manifests: number('manifests'),
    manifestBytes: number('manifestBytes'),
    orphans: number('orphans'),
    links: number('links'),
    blobs: number('blobs'),
    blobBytes: number('blobBytes'),
    uploads: number('uploads'),
    uploadBytes: number('uploadBytes'),
  };
}
