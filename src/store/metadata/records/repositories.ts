import type { Kysely } from 'kysely';
import type { Page, Repository, RepositoryRecords } from '#model/platform/records.ts';
import { projectOf } from '#model/platform/repository-name.ts';
import type { Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { coveringPrefixes, isWithin } from './prefixes.ts';
import { repositoryOf } from './repository-of.ts';

/** Prefixes in one statement: SQLite takes no expression that is deeper than 1000. */
const PREFIXES_AT_ONCE = 200;

/** Repositories and their projects. */
export function repositoryRecords(db: Kysely<Tables>, newId: (now: number) => string): RepositoryRecords {
  return {
    find: (name) => find(db, name),
    ensure: async (name, now) =>
      (await find(db, name)) ?? (await atomically(db, (all) => create(all, name, newId, now))),
    list: (prefixes, page) => list(db, prefixes, page),
  };
}

/** Rows of repositories, as `repositoryOf` takes them. */
export function selectRepositories(db: Kysely<Tables>) {
  return db
    .selectFrom('repositories as r')
    .select(['r.id as repository_id', 'r.project_id', 'r.name as repository_name']);
}

async function find(db: Kysely<Tables>, name: string): Promise<Repository | null> {
  const row = await selectRepositories(db).where('r.name', '=', name).executeTakeFirst();
  return row === undefined ? null : repositoryOf(row);
}

/** Whoever comes second waits for the first, and finds what that one made. */
async function create(
  db: Kysely<Tables>,
  name: string,
  newId: (now: number) => string,
  now: number,
): Promise<Repository> {
  const project = projectOf(name);
  await db
    .insertInto('projects')
    .values({ id: newId(now), name: project, created_at: now })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const { id } = await db.selectFrom('projects').select('id').where('name', '=', project).executeTakeFirstOrThrow();
  await db
    .insertInto('repositories')
    .values({ id: newId(now), project_id: id, name, created_at: now })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return repositoryOf(await selectRepositories(db).where('r.name', '=', name).executeTakeFirstOrThrow());
}

async function list(
  db: Kysely<Tables>,
  prefixes: readonly string[] | null,
  page: Page,
): Promise<readonly Repository[]> {
  const covering = prefixes === null ? [''] : coveringPrefixes(prefixes);
  const found: Repository[] = [];
  for (let start = 0; start < covering.length && found.length < page.limit; start += PREFIXES_AT_ONCE) {
    const some = covering.slice(start, start + PREFIXES_AT_ONCE);
    const rows = await selectRepositories(db)
      .where('r.name', '>', page.after ?? '')
      .where((eb) => eb.or(some.map((prefix) => isWithin(eb, 'r.name', prefix))))
      .orderBy('r.name')
      .limit(page.limit - found.length)
      .execute();
    found.push(...rows.map(repositoryOf));
  }
  return found;
}
