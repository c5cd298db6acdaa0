import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import {
  type Affected,
  type DueCounts,
  type DueImage,
  JUDGEMENT_PRIORITIES,
  type JudgementPriority,
} from '#model/platform/judgement.ts';
import type { Tables } from '../tables.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { keptDigest, recordDamaged } from './error.ts';
import { imageIdOf } from './images.ts';
import { isStorablePurl } from './package-dictionary.ts';
import { isWithinOne } from './prefixes.ts';
import { selectRepositories } from './repositories.ts';
import { repositoryOf } from './repository-of.ts';

/** What was seen to run since then is judged first. */
const RUNNING_MS = 30 * 24 * 60 * 60 * 1000;

export interface Mark {
  readonly cause: string;
  readonly now: number;
}

/** In a transaction. See `JudgementRecords.mark`. */
export async function markImages(
  db: Kysely<Tables>,
  dialect: Dialect,
  affected: Affected,
  mark: Mark,
): Promise<number> {
  switch (affected.kind) {
    case 'packages':
      return await markWhere(db, holdsOneOf(dialect, affected.purls), mark);
    case 'repositories': {
      const { prefixes } = affected;
      const isNamed =
        prefixes === null ? sql<boolean>`1 = 1` : isWithinOne(dialect, sql.ref('i.repository_name'), prefixes);
      return await markWhere(db, isNamed, mark);
    }
    case 'unknown':
      return await markWhere(db, sql`i.id IN (SELECT j.image_id FROM judgements j WHERE j.outcome = 'unknown')`, mark);
    case 'image': {
      const ids = await idsOf(db, affected.repositoryId, affected.digest);
      return await markWhere(db, isNumbered(dialect, ids), mark);
    }
  }
}

/** Of `images as i`. */
export function holdsOneOf(dialect: Dialect, purls: readonly string[]): RawBuilder<boolean> {
  return sql<boolean>`i.inventory_id IN (
    SELECT o.inventory_id FROM package_versions p JOIN postings o ON o.package_version_id = p.id
    WHERE p.purl IN (SELECT value FROM ${valuesOf(dialect, [...new Set(purls)].filter(isStorablePurl))} AS w)
  )`;
}

function isNumbered(dialect: Dialect, ids: readonly number[]): RawBuilder<boolean> {
  return sql<boolean>`i.id IN (SELECT CAST(w.value AS bigint) FROM ${valuesOf(dialect, ids)} AS w)`;
}

/** An image, or those of all platforms of an index that the repository has. What `unknown/unknown` stands for is no image: BuildKit's attestations. */
async function idsOf(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<readonly number[]> {
  const repository = await selectRepositories(db).where('r.id', '=', repositoryId).executeTakeFirst();
  if (repository === undefined) {
    return [];
  }
  const { rows } = await sql<{ readonly digest: string }>`
    WITH RECURSIVE below (digest) AS (
      SELECT m.digest FROM manifests m WHERE m.repository_id = ${repositoryId} AND m.digest = ${digest}
      UNION
      SELECT f.digest FROM below b
      JOIN manifest_references f ON f.repository_id = ${repositoryId} AND f.manifest = b.digest AND f.kind = 'child'
      WHERE coalesce(f.platform, '') <> 'unknown/unknown'
    )
    SELECT m.digest FROM below b JOIN manifests m ON m.repository_id = ${repositoryId} AND m.digest = b.digest
    WHERE m.deleted_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM manifest_references f
      WHERE f.repository_id = m.repository_id AND f.manifest = m.digest AND f.kind = 'child'
    )
    ORDER BY m.digest`.execute(db);
  const ids: number[] = [];
  for (const row of rows) {
    ids.push(await imageIdOf(db, repositoryOf(repository), keptDigest(row.digest, `manifest in ${repositoryId}`)));
  }
  return ids;
}

/** Whoever has one of them at hand has judged it too early: it is nobody's from now on. `which`: of `images as i`. */
export async function markWhere(db: Kysely<Tables>, which: RawBuilder<boolean>, mark: Mark): Promise<number> {
  const { numAffectedRows } = await markStatement(which, mark).execute(db);
  return Number(numAffectedRows ?? 0);
}

export function markStatement(which: RawBuilder<boolean>, { cause, now }: Mark): RawBuilder<unknown> {
  return sql`
    INSERT INTO due_images (image_id, project_id, priority, since, cause, leased_until, lease)
    SELECT i.id, i.project_id,
      CASE WHEN i.used_at >= ${now - RUNNING_MS} THEN 0 WHEN i.lifecycle IN ('approved', 'deprecated') THEN 1 ELSE 2 END,
      CAST(${now} AS bigint), CAST(${cause} AS text), CAST(NULL AS bigint), CAST(NULL AS text)
    FROM images i
    WHERE i.is_deleted = 0 AND ${which}
    ORDER BY i.id
    ON CONFLICT (image_id) DO UPDATE SET
      priority = excluded.priority,
      since = CASE WHEN excluded.since > due_images.since THEN excluded.since ELSE due_images.since END,
      cause = CASE WHEN ${rankOf('excluded')} > ${rankOf('due_images')} THEN excluded.cause ELSE due_images.cause END,
      leased_until = NULL,
      lease = NULL`;
}

/** More follows from some causes than from others: what is searched by, what is signed. */
function rankOf(table: 'excluded' | 'due_images'): RawBuilder<number> {
  const cause = sql.ref(`${table}.cause`);
  return sql`CASE ${cause} WHEN 'new' THEN 2 WHEN 'advisories' THEN 1 WHEN 'evidence' THEN 1 ELSE 0 END`;
}

/** What is marked since that instant already comes anyway, also while somebody is at it. */
export async function markExpired(db: Kysely<Tables>, now: number): Promise<number> {
  return await markWhere(db, isOver(now), { cause: 'time', now });
}

/** Of `images as i`. */
export function isOver(now: number): RawBuilder<boolean> {
  return sql<boolean>`i.id IN (
    SELECT j.image_id FROM judgements j
    WHERE j.valid_until <= ${now} AND j.judged_at < j.valid_until AND NOT EXISTS (
      SELECT 1 FROM due_images d WHERE d.image_id = j.image_id AND d.since >= j.valid_until
    )
  )`;
}

export interface Taking {
  readonly limit: number;
  readonly now: number;
  readonly leasedUntil: number;
  readonly lease: string;
}

/** In a transaction: a row that somebody else is about to take is passed over. */
export async function takeImages(
  db: Kysely<Tables>,
  dialect: Dialect,
  { limit, now, leasedUntil, lease }: Taking,
): Promise<readonly DueImage[]> {
  const rows = await takeableImages(db, limit, now).execute();
  await sql`
    UPDATE due_images SET leased_until = ${leasedUntil}, lease = ${lease}
    WHERE image_id IN (SELECT CAST(w.value AS bigint) FROM ${valuesOf(
      dialect,
      rows.map((row) => row.image_id),
    )} AS w)`.execute(db);
  return rows.map((row) => ({
    repository: repositoryOf(row),
    digest: keptDigest(row.digest, `image ${row.image_id}`),
    cause: row.cause,
    since: row.since,
    priority: priorityOf(row.priority),
    lease,
  }));
}

export function takeableImages(db: Kysely<Tables>, limit: number, now: number) {
  return db
    .selectFrom('due_images as d')
    .innerJoin('images as i', 'i.id', 'd.image_id')
    .select(['d.image_id', 'd.cause', 'd.since', 'd.priority'])
    .select(['i.digest', 'i.repository_id', 'i.project_id', 'i.repository_name'])
    .where('i.is_deleted', '=', sql<number>`0`)
    .where((where) => where.or([where('d.leased_until', 'is', null), where('d.leased_until', '<=', now)]))
    .orderBy('d.priority')
    .orderBy('d.since')
    .orderBy('d.image_id')
    .limit(limit)
    .forUpdate('d')
    .skipLocked();
}

/** In a transaction: nobody marks or takes it until that ends. */
export async function isHeld(
  db: Kysely<Tables>,
  repositoryId: string,
  digest: Digest,
  lease: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('due_images as d')
    .innerJoin('images as i', 'i.id', 'd.image_id')
    .select('d.image_id')
    .where('i.repository_id', '=', repositoryId)
    .where('i.digest', '=', digest)
    .where('d.lease', '=', lease)
    .forUpdate('d')
    .executeTakeFirst();
  return row !== undefined;
}

export async function giveBack(db: Kysely<Tables>, lease: string): Promise<void> {
  await sql`UPDATE due_images SET leased_until = NULL, lease = NULL WHERE lease = ${lease}`.execute(db);
}

export async function judged(
  db: Kysely<Tables>,
  images: readonly { readonly repositoryId: string; readonly digest: Digest }[],
  lease: string,
): Promise<void> {
  if (images.length === 0) {
    return;
  }
  const named = images.map(({ repositoryId, digest }) => sql`(${repositoryId}, ${digest})`);
  await sql`
    DELETE FROM due_images WHERE lease = ${lease} AND image_id IN (
      SELECT id FROM images WHERE (repository_id, digest) IN (VALUES ${sql.join(named)})
    )`.execute(db);
}

export async function dueSince(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<number | null> {
  const row = await db
    .selectFrom('due_images as d')
    .innerJoin('images as i', 'i.id', 'd.image_id')
    .select('d.since')
    .where('i.repository_id', '=', repositoryId)
    .where('i.digest', '=', digest)
    .executeTakeFirst();
  return row?.since ?? null;
}

export async function dueCounts(db: Kysely<Tables>): Promise<DueCounts> {
  const rows = await db
    .selectFrom('due_images')
    .select(({ fn }) => ['priority', fn.countAll<number>().as('count')])
    .groupBy('priority')
    .execute();
  const counts = new Map(rows.map(({ priority, count }) => [priorityOf(priority), Number(count)]));
  return { running: counts.get('running') ?? 0, promoted: counts.get('promoted') ?? 0, rest: counts.get('rest') ?? 0 };
}

function priorityOf(number: number): JudgementPriority {
  const priority = JUDGEMENT_PRIORITIES[number];
  if (priority === undefined) {
    throw recordDamaged('due image', `a priority below ${JUDGEMENT_PRIORITIES.length}`, `${number}`);
  }
  return priority;
}
