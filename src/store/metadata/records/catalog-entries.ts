import { type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import { SEVERITIES, type Severity } from '#model/advisory.ts';
import type { CatalogEntry } from '#model/platform/judgement.ts';
import type { Tables } from '../tables.ts';
import type { CatalogPage } from './catalog-page.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { keptDigest } from './error.ts';
import { repositoryOf } from './repository-of.ts';
import { parseStored } from './stored-json.ts';

/** Tags that an entry names. */
const MAX_TAGS = 100;

/** What is shown of the images of a page, in its order. Those that went meanwhile are left out. */
export async function catalogEntries(
  db: Kysely<Tables>,
  dialect: Dialect,
  page: CatalogPage,
): Promise<readonly CatalogEntry[]> {
  if (page.length === 0) {
    return [];
  }
  const ids = sql<number>`(SELECT CAST(w.value AS bigint) FROM ${valuesOf(
    dialect,
    page.map(({ id }) => id),
  )} AS w)`;
  const rows = new Map((await imageRows(db, ids)).map((row) => [row.id, row]));
  const indexes = new Map((await indexesOf(db, ids)).map(({ id, manifest }) => [id, manifest]));
  const tags = Map.groupBy(await tagsOf(db, ids), ({ id }) => id);
  const judgements = Map.groupBy(await judgementsOf(db, ids), (row) => row.image_id);
  return page.flatMap(({ id, cursor }) => {
    const row = rows.get(id);
    if (row === undefined) {
      return [];
    }
    const object = `image ${id}`;
    const index = indexes.get(id);
    return [
      {
        cursor,
        repository: repositoryOf(row),
        digest: keptDigest(row.digest, object),
        index: index === undefined ? null : (index as Digest),
        tags: (tags.get(id) ?? []).map(({ name }) => name),
        platform: row.platform,
        state: row.lifecycle,
        reason: row.lifecycle_reason,
        since: row.lifecycle_at,
        createdAt: row.created_at < 0 ? null : row.created_at,
        base: row.base,
        owner: row.owner,
        packages: row.package_count,
        unknowns: row.unknown_count,
        counts:
          row.counts === null
            ? NONE
            : { ...NONE, ...parseStored<Partial<Record<Severity, number>>>(row.counts, object) },
        score: row.score === null ? null : row.score / 100,
        inUse: row.used_at !== null,
        judgements: (judgements.get(id) ?? []).map(({ environment, outcome, reason, valid_until }) => ({
          environment,
          outcome,
          reason,
          validUntil: valid_until,
        })),
        isDue: row.due !== null,
      },
    ];
  });
}

const NONE = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;

type Ids = ReturnType<typeof sql<number>>;

async function imageRows(db: Kysely<Tables>, ids: Ids) {
  return await db
    .selectFrom('images as i')
    .innerJoin('manifests as m', (join) =>
      join.onRef('m.repository_id', '=', 'i.repository_id').onRef('m.digest', '=', 'i.digest'),
    )
    .leftJoin('repository_details as d', 'd.repository_id', 'i.repository_id')
    .leftJoin('due_images as e', 'e.image_id', 'i.id')
    .selectAll('i')
    .select(['m.lifecycle_reason', 'm.lifecycle_at', 'd.owner', 'e.image_id as due'])
    .where('i.id', 'in', ids)
    .where('m.deleted_at', 'is', null)
    .execute();
}

/** Of the indexes that an image is in, the one that came last. */
async function indexesOf(db: Kysely<Tables>, ids: Ids) {
  const { rows } = await sql<{ readonly id: number; readonly manifest: string }>`
    SELECT x.id, x.manifest FROM (
      SELECT i.id, f.manifest, row_number() OVER (PARTITION BY i.id ORDER BY m.pushed_at DESC, f.manifest) AS place
      FROM images i
      JOIN manifest_references f ON f.repository_id = i.repository_id AND f.digest = i.digest AND f.kind = 'child'
      JOIN manifests m ON m.repository_id = f.repository_id AND m.digest = f.manifest
      WHERE i.id IN ${ids} AND m.deleted_at IS NULL
    ) x WHERE x.place = 1`.execute(db);
  return rows;
}

/** Of an image, and of indexes that it is in. */
async function tagsOf(db: Kysely<Tables>, ids: Ids) {
  const { rows } = await sql<{ readonly id: number; readonly name: string }>`
    SELECT x.id, x.name FROM (
      SELECT y.id, y.name, row_number() OVER (PARTITION BY y.id ORDER BY y.name) AS place FROM (
        SELECT i.id, t.name FROM images i
        JOIN tags t ON t.repository_id = i.repository_id AND t.digest = i.digest WHERE i.id IN ${ids}
        UNION
        SELECT i.id, t.name FROM images i
        JOIN manifest_references f ON f.repository_id = i.repository_id AND f.digest = i.digest AND f.kind = 'child'
        JOIN tags t ON t.repository_id = f.repository_id AND t.digest = f.manifest WHERE i.id IN ${ids}
      ) y
    ) x WHERE x.place <= ${MAX_TAGS} ORDER BY x.id, x.name`.execute(db);
  return rows;
}

async function judgementsOf(db: Kysely<Tables>, ids: Ids) {
  return await db
    .selectFrom('judgements')
    .select(['image_id', 'environment', 'outcome', 'reason', 'valid_until'])
    .where('image_id', 'in', ids)
    .orderBy('image_id')
    .orderBy('environment')
    .execute();
}
