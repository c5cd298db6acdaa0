import { type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { CatalogRecords, ImageUse } from '#model/platform/judgement.ts';
import type { ImageUseRow, Tables } from '../tables.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { lastUse } from './images.ts';

/** Rows in one statement: SQLite takes 32,766 values. */
const ROWS_AT_ONCE = 1000;

type Uses = Parameters<CatalogRecords['setUses']>[1];

/** In a transaction. What was used there and is no more is told of the images as well. */
export async function setUses(
  db: Kysely<Tables>,
  dialect: Dialect,
  place: string,
  uses: Uses,
  now: number,
): Promise<void> {
  const before = await usedIn(db, place);
  await db.deleteFrom('image_uses').where('place', '=', place).execute();
  const projects = await projectsOf(db, dialect, uses);
  const rows = new Map<string, ImageUseRow>();
  for (const { repositoryId, digest, environment } of uses) {
    const project = projects.get(repositoryId);
    if (project !== undefined) {
      rows.set(`${repositoryId} ${digest} ${environment ?? ''}`, {
        place,
        project_id: project,
        repository_id: repositoryId,
        digest,
        environment: environment ?? '',
        seen_at: now,
      });
    }
  }
  const all = [...rows.values()];
  for (let start = 0; start < all.length; start += ROWS_AT_ONCE) {
    await db
      .insertInto('image_uses')
      .values(all.slice(start, start + ROWS_AT_ONCE))
      .execute();
  }
  const changed = [...new Set([...before, ...(await usedIn(db, place))])].toSorted((a, b) => a - b);
  await sql`
    UPDATE images SET used_at = ${lastUse(sql`images`)}
    WHERE id IN (SELECT CAST(w.value AS bigint) FROM ${valuesOf(dialect, changed)} AS w)`.execute(db);
}

/** Images that are used there, by themselves or in an index. */
async function usedIn(db: Kysely<Tables>, place: string): Promise<readonly number[]> {
  const { rows } = await sql<{ readonly id: number }>`
    SELECT i.id FROM image_uses u JOIN images i ON i.repository_id = u.repository_id AND i.digest = u.digest
    WHERE u.place = ${place}
    UNION
    SELECT i.id FROM image_uses u
    JOIN manifest_references f ON f.repository_id = u.repository_id AND f.manifest = u.digest AND f.kind = 'child'
    JOIN images i ON i.repository_id = f.repository_id AND i.digest = f.digest
    WHERE u.place = ${place}`.execute(db);
  return rows.map(({ id }) => id);
}

async function projectsOf(db: Kysely<Tables>, dialect: Dialect, uses: Uses): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(uses.map(({ repositoryId }) => repositoryId))];
  const rows = await db
    .selectFrom('repositories')
    .select(['id', 'project_id'])
    .where('id', 'in', sql<string>`(SELECT value FROM ${valuesOf(dialect, ids)} AS w)`)
    .execute();
  return new Map(rows.map(({ id, project_id }) => [id, project_id]));
}

/** Of the image itself, and of indexes that it is in. */
export async function usesOf(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<readonly ImageUse[]> {
  const { rows } = await sql<Pick<ImageUseRow, 'place' | 'environment' | 'seen_at'>>`
    SELECT u.place, u.environment, max(u.seen_at) AS seen_at FROM image_uses u
    WHERE u.repository_id = ${repositoryId} AND u.digest IN (
      SELECT CAST(${digest} AS text)
      UNION ALL
      SELECT f.manifest FROM manifest_references f
      WHERE f.repository_id = ${repositoryId} AND f.digest = ${digest} AND f.kind = 'child'
    )
    GROUP BY u.place, u.environment ORDER BY u.place, u.environment`.execute(db);
  return rows.map(({ place, environment, seen_at }) => ({
    place,
    environment: environment === '' ? null : environment,
    seenAt: seen_at,
  }));
}
