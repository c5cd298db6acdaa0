import type { Kysely } from 'kysely';
import type { RepositoryDetails } from '#model/platform/judgement.ts';
import type { Repository } from '#model/platform/records.ts';
import type { Tables } from '../tables.ts';
import { parseStored } from './stored-json.ts';

export async function detailsOf(db: Kysely<Tables>, repositoryId: string): Promise<RepositoryDetails | null> {
  const row = await db
    .selectFrom('repository_details')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst();
  if (row === undefined) {
    return null;
  }
  const object = `details of repository ${repositoryId}`;
  return {
    owner: row.owner,
    description: row.description,
    labels: parseStored<RepositoryDetails['labels']>(row.labels, object),
    immutableTags: parseStored<RepositoryDetails['immutableTags']>(row.immutable_tags, object),
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

export async function setDetails(
  db: Kysely<Tables>,
  repository: Repository,
  details: RepositoryDetails,
): Promise<void> {
  const said = {
    owner: details.owner,
    description: details.description,
    labels: JSON.stringify(details.labels),
    immutable_tags: JSON.stringify(details.immutableTags),
    updated_at: details.updatedAt,
    updated_by: details.updatedBy,
  };
  await db
    .insertInto('repository_details')
    .values({ repository_id: repository.id, project_id: repository.projectId, ...said })
    .onConflict((conflict) => conflict.column('repository_id').doUpdateSet(said))
    .execute();
}
