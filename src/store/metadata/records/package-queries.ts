import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { Page, Repository } from '#model/platform/records.ts';
import type { Tables } from '../tables.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { keptDigest } from './error.ts';
import { isStorablePurl } from './package-dictionary.ts';
import { repositoryOf } from './repository-of.ts';

/** Sorts after every text that starts with the same: the last code point of all. */
const LAST = '\u{10ffff}';

/** Sorted by repository and digest; the page goes by `repository@digest`. Images that are deleted are not among them. */
export async function imagesWith(
  db: Kysely<Tables>,
  purl: string,
  { after, limit }: Page,
): Promise<readonly { readonly repository: Repository; readonly digest: Digest }[]> {
  const rows = await imagesWithQuery(db, purl, { after, limit }).execute();
  return rows.map((row) => ({
    repository: repositoryOf(row),
    digest: keptDigest(row.digest, `analysis of an image in ${row.repository_name}`),
  }));
}

export function imagesWithQuery(db: Kysely<Tables>, purl: string, { after, limit }: Page) {
  const at = after?.lastIndexOf('@') ?? -1;
  const [name, digest] = [after?.slice(0, at) ?? '', after?.slice(at + 1) ?? ''];
  return db
    .selectFrom('package_versions as p')
    .innerJoin('postings as o', 'o.package_version_id', 'p.id')
    .innerJoin('image_inventories as i', 'i.inventory_id', 'o.inventory_id')
    .innerJoin('manifests as m', (join) =>
      join.onRef('m.repository_id', '=', 'i.repository_id').onRef('m.digest', '=', 'i.digest'),
    )
    .innerJoin('repositories as r', 'r.id', 'i.repository_id')
    .select(['i.digest', 'i.repository_id', 'r.project_id', 'r.name as repository_name'])
    .where('p.purl', '=', purl)
    .where('m.deleted_at', 'is', null)
    .where(sql<boolean>`(r.name, i.digest) > (${name}, ${digest})`)
    .orderBy('r.name')
    .orderBy('i.digest')
    .limit(limit);
}

/** Package versions of which the purl starts with this. */
export async function packagesFrom(db: Kysely<Tables>, prefix: string, page: Page): Promise<readonly string[]> {
  return (await packagesQuery(db, prefix, page).execute()).map(({ purl }) => purl);
}

export function packagesQuery(db: Kysely<Tables>, prefix: string, { after, limit }: Page) {
  const query = db.selectFrom('package_versions').select('purl').where('purl', '<', `${prefix}${LAST}`);
  return (after === null || after < prefix ? query.where('purl', '>=', prefix) : query.where('purl', '>', after))
    .orderBy('purl')
    .limit(limit);
}

/** Package versions (`id`, `purl`) of which the purl is one of these, or goes on after one of these with a version, qualifiers or a subpath. */
export function packagesNamed(dialect: Dialect, names: readonly string[]): RawBuilder<{ id: number; purl: string }> {
  const wanted = valuesOf(dialect, names.filter(isStorablePurl));
  // Each of the three looks up one name after the other: SQLite keeps to the order of CROSS JOIN. After `?` comes `@`, and `A` after that.
  return sql`
    SELECT p.id, p.purl FROM ${wanted} AS w CROSS JOIN package_versions p WHERE p.purl = w.value
    UNION SELECT p.id, p.purl FROM ${wanted} AS w CROSS JOIN package_versions p
      WHERE p.purl >= w.value || '#' AND p.purl < w.value || '$'
    UNION SELECT p.id, p.purl FROM ${wanted} AS w CROSS JOIN package_versions p
      WHERE p.purl >= w.value || '?' AND p.purl < w.value || 'A'`;
}
