import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { recordDamaged } from './error.ts';

/** A package URL that is longer cannot be in an index of PostgreSQL. Names in images are as long as whoever made them likes. */
export const MAX_PURL_BYTES = 2048;

/** Package URLs are printable ASCII (purl specification, "Character encoding"). */
export function isStorablePurl(purl: string): boolean {
  return purl.length <= MAX_PURL_BYTES && /^[\x21-\x7e]+$/.test(purl);
}

/**
 * Numbers of package versions, ascending; those that have none get one. Three statements, however many they are. `purls`: sorted, each once: two
 * transactions that bring the same ones wait for each other in one order.
 */
export async function insertPackages(
  db: Kysely<Tables>,
  dialect: Dialect,
  purls: readonly string[],
): Promise<readonly number[]> {
  await db
    .insertInto('package_versions')
    .columns(['purl'])
    .expression((build) =>
      build
        .selectFrom(valuesOf(dialect, purls).as('v'))
        .select('v.value')
        // Else every number that a conflict has taken would be lost, and numbers grow with every image.
        .where((where) =>
          where.not(
            where.exists(where.selectFrom('package_versions as p').select('p.id').whereRef('p.purl', '=', 'v.value')),
          ),
        )
        .orderBy('v.value'),
    )
    .onConflict((conflict) => conflict.column('purl').doNothing())
    .execute();
  const rows = await db
    .selectFrom('package_versions')
    .select('id')
    .where('purl', 'in', (build) => build.selectFrom(valuesOf(dialect, purls).as('v')).select('v.value'))
    .orderBy('id')
    .execute();
  if (rows.length !== purls.length) {
    throw recordDamaged('dictionary of package versions', `${purls.length} just written`, `${rows.length}`);
  }
  return rows.map(({ id }) => id);
}

/** The package versions of these numbers, sorted. Numbers that there are none for are missing in the answer. */
export async function purlsOf(
  db: Kysely<Tables>,
  dialect: Dialect,
  ids: readonly number[],
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('package_versions')
    .select('purl')
    .where('id', 'in', (build) =>
      build
        .selectFrom(valuesOf(dialect, ids).as('v'))
        .select((select) => select.cast<number>('v.value', 'bigint').as('id')),
    )
    .orderBy('purl')
    .execute();
  return rows.map(({ purl }) => purl);
}
