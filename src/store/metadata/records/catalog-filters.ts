import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { CatalogQuery } from '#model/platform/judgement.ts';
import type { Tables } from '../tables.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { spellingsOf } from './findings.ts';
import { packagesNamed } from './package-queries.ts';
import { coveringPrefixes, endOf, isOfMany, isWithinOne } from './prefixes.ts';

/** A filter that is about more than the image's own row. */
export interface CatalogFilter {
  /** A statement that gives the numbers (`id`) of images that it lets through, soonest first. */
  readonly images: RawBuilder<unknown>;
  /** Whether it lets one of `images as i` through, written so that it is asked of one after the other: no index but that of the order is of use then. */
  readonly isTrue: RawBuilder<boolean>;
}

/** So few versions are looked up image by image; of more, all inventories that hold one are listed first. */
const FEW_VERSIONS = 8;
/** So many are named one by one: of what is in a document PostgreSQL does not know how much it holds, and takes the list for too long to look up in. */
const MANY_VERSIONS = 1000;

/** More are compared one by one. */
const FEW_PREFIXES = 50;

const OUTCOMES = ['admitted', 'warned', 'refused', 'unknown'] as const;

export async function catalogFilters(
  db: Kysely<Tables>,
  dialect: Dialect,
  query: CatalogQuery,
): Promise<readonly CatalogFilter[]> {
  const filters: CatalogFilter[] = [];
  if (query.package !== null) {
    const { rows } = await sql<{ readonly id: number }>`${packagesNamed(dialect, [query.package])}`.execute(db);
    filters.push(
      inventoryFilter(
        dialect,
        rows.map(({ id }) => id),
      ),
    );
  }
  if (query.finding !== null) {
    const rows = await db
      .selectFrom('finding_names')
      .select('package_version_id as id')
      .distinct()
      .where('name', 'in', spellingsOf(query.finding))
      .execute();
    filters.push(
      inventoryFilter(
        dialect,
        rows.map(({ id }) => id),
      ),
    );
  }
  if (query.base !== null) {
    const { base } = query;
    filters.push({
      images: sql`SELECT b.id FROM images b WHERE b.base = ${base}`,
      isTrue: sql<boolean>`(i.base || '') = ${base}`,
    });
  }
  if (query.environment !== null || query.outcome !== null) {
    filters.push(judgementFilter(query));
  }
  if (query.prefixes !== null) {
    filters.push(prefixFilter(dialect, query.prefixes));
  }
  if (query.text !== null || query.owner !== null) {
    filters.push(repositoryFilter(query));
  }
  return filters;
}

function inventoryFilter(dialect: Dialect, packages: readonly number[]): CatalogFilter {
  const those =
    packages.length > 0 && packages.length <= MANY_VERSIONS
      ? sql`(${sql.join(packages)})`
      : sql`(SELECT CAST(w.value AS bigint) FROM ${valuesOf(dialect, packages)} AS w)`;
  return {
    images: sql`
      SELECT x.id FROM postings o JOIN images x ON x.inventory_id = o.inventory_id WHERE o.package_version_id IN ${those}`,
    isTrue:
      packages.length > 0 && packages.length <= FEW_VERSIONS
        ? sql<boolean>`(
            SELECT 1 FROM postings o
            WHERE o.package_version_id IN (${sql.join(packages)}) AND o.inventory_id = i.inventory_id LIMIT 1
          ) = 1`
        : sql<boolean>`((i.inventory_id + 0) IN (SELECT o.inventory_id FROM postings o WHERE o.package_version_id IN ${those})) IS TRUE`,
  };
}

function judgementFilter({ environment, outcome }: CatalogQuery): CatalogFilter {
  const outcomes = sql.join(outcome === null ? OUTCOMES : [outcome]);
  const isThere = environment === null ? sql`` : sql`AND j.environment = ${environment}`;
  return {
    images: sql`SELECT j.image_id AS id FROM judgements j WHERE j.outcome IN (${outcomes}) ${isThere}`,
    // By the key alone. Not EXISTS, which SQLite makes a join of, the other way round.
    isTrue: sql<boolean>`(
      SELECT 1 FROM judgements j WHERE j.image_id = i.id ${isThere} AND (j.outcome || '') IN (${outcomes}) LIMIT 1
    ) = 1`,
  };
}

/** By name; in the order of names the bounds of the prefixes are looked up besides. */
function prefixFilter(dialect: Dialect, prefixes: readonly string[]): CatalogFilter {
  const covering = coveringPrefixes(prefixes);
  const isNamed = (column: RawBuilder<unknown>) =>
    covering.length === 0 || covering.length > FEW_PREFIXES || covering.includes('')
      ? isWithinOne(dialect, column, covering)
      : sql<boolean>`(${sql.join(
          covering.map((prefix) =>
            isOfMany(prefix)
              ? sql`(${column} >= ${prefix} AND ${column} < ${endOf(prefix)})`
              : sql`${column} = ${prefix}`,
          ),
          sql` OR `,
        )})`;
  return {
    images: sql`SELECT x.id FROM images x WHERE ${isNamed(sql.ref('x.repository_name'))}`,
    isTrue: inRepositories(isNamed(sql.ref('r.name'))),
  };
}

/** Repositories are few, compared with images. */
function repositoryFilter({ text, owner }: CatalogQuery): CatalogFilter {
  const conditions = [
    ...(text === null
      ? []
      : [sql<boolean>`r.name LIKE ${`%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`} ESCAPE '\\'`]),
    ...(owner === null
      ? []
      : [sql<boolean>`r.id IN (SELECT d.repository_id FROM repository_details d WHERE d.owner = ${owner})`]),
  ];
  const such = sql<boolean>`${sql.join(conditions, sql` AND `)}`;
  return {
    images: sql`SELECT x.id FROM images x WHERE x.repository_id IN (SELECT r.id FROM repositories r WHERE ${such})`,
    isTrue: inRepositories(such),
  };
}

function inRepositories(such: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`((i.repository_id || '') IN (SELECT r.id FROM repositories r WHERE ${such})) IS TRUE`;
}
