import { type Kysely, sql } from 'kysely';
import type { KeptImage, RetentionRecords } from '#model/platform/retention.ts';
import type { Tables } from '../tables.ts';
import { keptDigest } from './error.ts';
import { parseStored } from './stored-json.ts';

/** What rules for keeping are asked about; reads only. */
export function retentionRecords(db: Kysely<Tables>): RetentionRecords {
  return {
    images: async (repositoryId, { after, limit }) => {
      const rows = await db
        .selectFrom('manifests as m')
        .select(['m.digest', 'm.size', 'm.pushed_at', 'm.annotations'])
        .where('m.repository_id', '=', repositoryId)
        .where('m.digest', '>', after ?? '')
        .where('m.deleted_at', 'is', null)
        .where('m.subject', 'is', null)
        .whereRef('m.governor', '=', 'm.digest')
        .where(isNobodysChild)
        .orderBy('m.digest')
        .limit(limit)
        .execute();
      const tags = await tagsOf(db, repositoryId, rows.at(0)?.digest ?? '', rows.at(-1)?.digest ?? '');
      return rows.map((row): KeptImage => {
        const own = tags.get(row.digest) ?? [];
        return {
          digest: keptDigest(row.digest, `manifest in ${repositoryId}`),
          size: row.size,
          freshAt: Math.max(row.pushed_at, ...own.map(({ updatedAt }) => updatedAt)),
          tags: own.map(({ name }) => name),
          annotations: parseStored<Readonly<Record<string, string>>>(row.annotations, `manifest ${row.digest}`),
        };
      });
    },
  };
}

/** Of `manifests as m`: one that is deleted has no children any more. */
const isNobodysChild = sql<boolean>`NOT EXISTS (
  SELECT 1 FROM manifest_references f
  JOIN manifests p ON p.repository_id = f.repository_id AND p.digest = f.manifest AND p.deleted_at IS NULL
  WHERE f.repository_id = m.repository_id AND f.digest = m.digest AND f.kind = 'child'
)`;

interface TagOf {
  readonly name: string;
  readonly updatedAt: number;
}

async function tagsOf(
  db: Kysely<Tables>,
  repositoryId: string,
  first: string,
  last: string,
): Promise<ReadonlyMap<string, readonly TagOf[]>> {
  const rows = await db
    .selectFrom('tags')
    .select(['name', 'digest', 'updated_at'])
    .where('repository_id', '=', repositoryId)
    .where('digest', '>=', first)
    .where('digest', '<=', last)
    .orderBy('name')
    .execute();
  const tags = new Map<string, TagOf[]>();
  for (const { name, digest, updated_at } of rows) {
    tags.set(digest, [...(tags.get(digest) ?? []), { name, updatedAt: updated_at }]);
  }
  return tags;
}
