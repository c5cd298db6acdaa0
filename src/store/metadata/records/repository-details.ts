import type { Kysely } from 'kysely';
import type { DetailsChange, RepositoryDetails } from '#model/platform/judgement.ts';
import type { Repository } from '#model/platform/records.ts';
import type { RepositoryDetailsRow, Tables } from '../tables.ts';
import { parseStored } from './stored-json.ts';

export async function detailsOf(db: Kysely<Tables>, repositoryId: string): Promise<RepositoryDetails | null> {
  const row = await db
    .selectFrom('repository_details')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst();
  return row === undefined ? null : shown(row);
}

/** One statement that sets only what is said: of two at once neither takes back what the other one says. */
export async function setDetails(
  db: Kysely<Tables>,
  repository: Repository,
  { owner, description, labels, immutableTags }: DetailsChange,
  { by, now }: { readonly by: string; readonly now: number },
): Promise<RepositoryDetails> {
  const said = {
    ...(owner !== undefined && { owner }),
    ...(description !== undefined && { description }),
    ...(labels !== undefined && { labels: JSON.stringify(labels) }),
    ...(immutableTags !== undefined && { immutable_tags: JSON.stringify(immutableTags) }),
    updated_at: now,
    updated_by: by,
  };
  const row = await db
    .insertInto('repository_details')
    .values({ repository_id: repository.id, project_id: repository.projectId, ...NOTHING_SAID, ...said })
    .onConflict((conflict) => conflict.column('repository_id').doUpdateSet(said))
    .returningAll()
    .executeTakeFirstOrThrow();
  return shown(row);
}

const NOTHING_SAID = { owner: null, description: '', labels: '{}', immutable_tags: '[]' };

function shown(row: RepositoryDetailsRow): RepositoryDetails {
  const object = `details of repository ${row.repository_id}`;
  return {
    owner: row.owner,
    description: row.description,
    labels: parseStored<RepositoryDetails['labels']>(row.labels, object),
    immutableTags: parseStored<RepositoryDetails['immutableTags']>(row.immutable_tags, object),
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}
