import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';

/** A manifest that something has referred to until then: what nothing refers to any more is not older than that. In a transaction. */
export async function release(db: Kysely<Tables>, repositoryId: string, digest: string, at: number): Promise<void> {
  await sql`
    INSERT INTO releases (project_id, repository_id, digest, released_at)
    SELECT m.project_id, m.repository_id, m.digest, CAST(${at} AS bigint) FROM manifests m
    WHERE m.repository_id = ${repositoryId} AND m.digest = ${digest}
    ON CONFLICT (repository_id, digest) DO UPDATE SET released_at = excluded.released_at
    WHERE releases.released_at < excluded.released_at`.execute(db);
}

/** As `release`, of all that an index has. */
export async function releaseChildren(
  db: Kysely<Tables>,
  repositoryId: string,
  index: string,
  at: number,
): Promise<void> {
  const children = await db
    .selectFrom('manifest_references')
    .select('digest')
    .where('repository_id', '=', repositoryId)
    .where('manifest', '=', index)
    .where('kind', '=', 'child')
    .execute();
  for (const { digest } of children) {
    await release(db, repositoryId, digest, at);
  }
}

/** With its manifest. */
export async function forgetRelease(db: Kysely<Tables>, repositoryId: string, digest: string): Promise<void> {
  await db.deleteFrom('releases').where('repository_id', '=', repositoryId).where('digest', '=', digest).execute();
}
