import { type Kysely, type RawBuilder, sql } from 'kysely';
import { SEVERITIES } from '#model/advisory.ts';
import type { CatalogQuery } from '#model/platform/judgement.ts';
import type { Tables } from '../tables.ts';
import { type CatalogFilter, catalogFilters } from './catalog-filters.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { catalogCursorInvalid } from './error.ts';
import { coveringPrefixes, endOf } from './prefixes.ts';

/** So few images are sorted; when a filter lets more through, images are gone through in order until there are enough. */
const FEW = 2000;

/** Numbers of images, with the cursor of each. */
export type CatalogPage = readonly { readonly id: number; readonly cursor: string }[];

/** One page of a search: by the filter that lets least through, or else in order. Throws `CATALOG_CURSOR_INVALID`. */
export async function catalogPage(db: Kysely<Tables>, dialect: Dialect, query: CatalogQuery): Promise<CatalogPage> {
  if (TEXTS.some((name) => query[name]?.includes('\0'))) {
    // PostgreSQL has no such texts, and refuses to look for one.
    return [];
  }
  const conditions = [...columnConditions(query), ...afterCursor(query)];
  const filters = await catalogFilters(db, dialect, query);
  const fewest = await selective(db, filters);
  if (fewest !== null) {
    conditions.push(sql<boolean>`i.id IN (SELECT CAST(w.value AS bigint) FROM ${valuesOf(dialect, fewest.ids)} AS w)`);
  }
  for (const filter of filters) {
    if (filter !== fewest?.filter) {
      conditions.push(filter.isTrue);
    }
  }
  const { rows } = await pageQuery(query, conditions).execute(db);
  return rows.map(({ id, position }) => ({ id, cursor: `${position}@${id}` }));
}

const TEXTS = ['text', 'environment', 'package', 'finding', 'base', 'owner', 'after'] as const;

/** The filter with the fewest images, if these are few. */
async function selective(db: Kysely<Tables>, filters: readonly CatalogFilter[]): Promise<Selection | null> {
  let fewest: Selection | null = null;
  for (const filter of filters) {
    const limit: number = fewest?.ids.length ?? FEW + 1;
    const { rows } = await sql<{ readonly id: number }>`SELECT s.id FROM (${filter.images}) s LIMIT ${limit}`.execute(
      db,
    );
    if (rows.length < limit) {
      fewest = { filter, ids: [...new Set(rows.map(({ id }) => id))] };
    }
  }
  return fewest;
}

interface Selection {
  readonly filter: CatalogFilter;
  readonly ids: readonly number[];
}

interface PageRow {
  readonly id: number;
  readonly position: string | number;
}

export function pageQuery(
  { order, limit }: Pick<CatalogQuery, 'order' | 'limit'>,
  conditions: readonly RawBuilder<boolean>[],
): RawBuilder<PageRow> {
  const column = ORDERS[order].column;
  const direction = sql.raw(ORDERS[order].direction);
  return sql<PageRow>`
    SELECT i.id, ${column} AS position FROM images i
    WHERE i.is_deleted = 0 ${sql.join(
      conditions.map((condition) => sql`AND ${condition}`),
      sql` `,
    )}
    ORDER BY ${column} ${direction}, i.id ${direction} LIMIT ${limit}`;
}

const ORDERS: Readonly<
  Record<CatalogQuery['order'], { readonly column: RawBuilder<unknown>; readonly direction: 'ASC' | 'DESC' }>
> = {
  name: { column: sql.ref('i.repository_name'), direction: 'ASC' },
  newest: { column: sql.ref('i.created_at'), direction: 'DESC' },
  worst: { column: sql.ref('i.badness'), direction: 'DESC' },
};

/** Conditions that the indexes of the orders answer by themselves. */
export function columnConditions(query: CatalogQuery): RawBuilder<boolean>[] {
  const { state, severity, minScore, maxScore, createdBefore, createdAfter, inUse, prefixes, order } = query;
  const conditions: RawBuilder<boolean>[] = [];
  if (state !== null) {
    conditions.push(sql<boolean>`i.lifecycle = ${state}`);
  }
  if (severity !== null) {
    conditions.push(sql<boolean>`(i.severities & ${2 ** SEVERITIES.indexOf(severity)}) <> 0`);
  }
  // In hundredths, as it is stored; what has no score is within no bounds.
  if (minScore !== null) {
    conditions.push(sql<boolean>`i.score >= ${Math.round(minScore * 100)}`);
  }
  if (maxScore !== null) {
    conditions.push(sql<boolean>`i.score <= ${Math.round(maxScore * 100)}`);
  }
  // In another order its index is of no use: what it found would have to be sorted.
  const createdAt = order === 'newest' ? sql.ref('i.created_at') : sql`(i.created_at + 0)`;
  if (createdBefore !== null) {
    conditions.push(sql<boolean>`${createdAt} >= 0 AND ${createdAt} < ${createdBefore}`);
  }
  if (createdAfter !== null) {
    conditions.push(sql<boolean>`${createdAt} > ${createdAfter}`);
  }
  if (inUse !== null) {
    conditions.push(inUse ? sql<boolean>`i.used_at IS NOT NULL` : sql<boolean>`i.used_at IS NULL`);
  }
  const covering = coveringPrefixes(prefixes ?? ['']);
  const [first, last] = [covering.at(0), covering.at(-1)];
  if (order === 'name' && first !== undefined && last !== undefined && first !== '') {
    conditions.push(sql<boolean>`i.repository_name >= ${first} AND i.repository_name < ${endOf(last)}`);
  }
  return conditions;
}

function afterCursor({ after, order }: CatalogQuery): readonly RawBuilder<boolean>[] {
  if (after === null) {
    return [];
  }
  const at = after.lastIndexOf('@');
  const [position, id] = [after.slice(0, at), after.slice(at + 1)];
  if (at < 1 || !isNumber(id) || (order !== 'name' && !isNumber(position))) {
    throw catalogCursorInvalid(after);
  }
  switch (order) {
    case 'name':
      return [sql<boolean>`(i.repository_name, i.id) > (${position}, ${Number(id)})`];
    case 'newest':
      return [sql<boolean>`(i.created_at, i.id) < (${Number(position)}, ${Number(id)})`];
    case 'worst':
      return [sql<boolean>`(i.badness, i.id) < (${Number(position)}, ${Number(id)})`];
  }
}

function isNumber(text: string): boolean {
  return /^-?\d{1,15}$/.test(text);
}
