import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';
import type { Dialect } from './dialect.ts';

/** Images that were analysed before images had rows of their own, due to be judged: what the second migration does. In a transaction. */
export async function deriveImages(db: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const [own, shared] =
    dialect === 'sqlite'
      ? [sql`json_array_length(h.unknowns)`, sql`json_array_length(v.unknowns)`]
      : [sql`json_array_length(h.unknowns::json)`, sql`json_array_length(v.unknowns::json)`];
  await sql`
    INSERT INTO images (project_id, repository_id, digest, repository_name, lifecycle, is_deleted, inventory_id,
      package_count, unknown_count, created_at, severities, badness)
    SELECT m.project_id, m.repository_id, m.digest, r.name, m.lifecycle, CASE WHEN m.deleted_at IS NULL THEN 0 ELSE 1 END,
      h.inventory_id, v.package_count, ${own} + coalesce(${shared}, 0), -1, 0, -1
    FROM image_inventories h
    JOIN manifests m ON m.repository_id = h.repository_id AND m.digest = h.digest
    JOIN repositories r ON r.id = h.repository_id
    LEFT JOIN inventories v ON v.id = h.inventory_id
    WHERE NOT EXISTS (SELECT 1 FROM images i WHERE i.repository_id = h.repository_id AND i.digest = h.digest)`.execute(
    db,
  );
  // Those of them that nobody has judged and nobody is to judge.
  await sql`
    INSERT INTO due_images (image_id, project_id, priority, since, cause)
    SELECT i.id, i.project_id, CASE WHEN i.lifecycle IN ('approved', 'deprecated') THEN 1 ELSE 2 END, 0, 'new'
    FROM images i
    WHERE i.is_deleted = 0 AND NOT EXISTS (SELECT 1 FROM judgements j WHERE j.image_id = i.id)
      AND NOT EXISTS (SELECT 1 FROM due_images d WHERE d.image_id = i.id)`.execute(db);
}
