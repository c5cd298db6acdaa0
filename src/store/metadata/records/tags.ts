import type { Kysely } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { Repository, TagRecords } from '#model/platform/records.ts';
import { MetadataError } from '../error.ts';
import type { Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { release } from './releases.ts';

/** Names of manifests that are not deleted. */
export function tagRecords(db: Kysely<Tables>): TagRecords {
  return {
    set: (repository, name, digest, by, now) =>
      atomically(db, async (all) => {
        await holdLive(all, repository, digest);
        return set(all, {
          project_id: repository.projectId,
          repository_id: repository.id,
          name,
          digest,
          updated_at: now,
          updated_by: by,
        });
      }),
    delete: (repositoryId, name, now) => atomically(db, (all) => remove(all, repositoryId, name, now)),
    list: async (repositoryId, { after, limit }) => {
      const rows = await db
        .selectFrom('tags')
        .select(['name', 'digest'])
        .where('repository_id', '=', repositoryId)
        .where('name', '>', after ?? '')
        .orderBy('name')
        .limit(limit)
        .execute();
      return rows.map(({ name, digest }) => ({ name, digest: digest as Digest }));
    },
  };
}

/** Keeps a manifest from being deleted until the transaction ends. Throws `MANIFEST_NOT_IN_REPOSITORY`. */
export async function holdLive(db: Kysely<Tables>, repository: Repository, digest: Digest): Promise<void> {
  const row = await selectHeld(db, repository, digest).where('deleted_at', 'is', null).executeTakeFirst();
  if (row === undefined) {
    throw notInRepository(repository, digest);
  }
}

/** Keeps a manifest, deleted or not, from being changed or removed until the transaction ends. Throws `MANIFEST_NOT_IN_REPOSITORY`. */
export async function holdKnown(db: Kysely<Tables>, repository: Repository, digest: Digest): Promise<void> {
  const row = await selectHeld(db, repository, digest).executeTakeFirst();
  if (row === undefined) {
    throw notInRepository(repository, digest);
  }
}

function selectHeld(db: Kysely<Tables>, repository: Repository, digest: Digest) {
  return db
    .selectFrom('manifests')
    .select('digest')
    .where('repository_id', '=', repository.id)
    .where('digest', '=', digest)
    .forShare();
}

function notInRepository(repository: Repository, digest: Digest): MetadataError {
  return new MetadataError('MANIFEST_NOT_IN_REPOSITORY', 'no such manifest in this repository', {
    object: `${repository.name}@${digest}`,
  });
}

async function remove(db: Kysely<Tables>, repositoryId: string, name: string, now: number): Promise<Digest | null> {
  const row = await db
    .deleteFrom('tags')
    .where('repository_id', '=', repositoryId)
    .where('name', '=', name)
    .returning('digest')
    .executeTakeFirst();
  if (row === undefined) {
    return null;
  }
  await release(db, repositoryId, row.digest, now);
  return row.digest as Digest;
}

async function set(db: Kysely<Tables>, tag: Tables['tags']): Promise<Digest | null> {
  for (;;) {
    const inserted = await db
      .insertInto('tags')
      .values(tag)
      .onConflict((conflict) => conflict.columns(['repository_id', 'name']).doNothing())
      .returning('name')
      .executeTakeFirst();
    if (inserted !== undefined) {
      return null;
    }
    const previous = await db
      .selectFrom('tags')
      .select('digest')
      .where('repository_id', '=', tag.repository_id)
      .where('name', '=', tag.name)
      .forUpdate()
      .executeTakeFirst();
    if (previous !== undefined) {
      await db
        .updateTable('tags')
        .set({ digest: tag.digest, updated_at: tag.updated_at, updated_by: tag.updated_by })
        .where('repository_id', '=', tag.repository_id)
        .where('name', '=', tag.name)
        .execute();
      if (previous.digest !== tag.digest) {
        await release(db, tag.repository_id, previous.digest, tag.updated_at);
      }
      return previous.digest as Digest;
    }
    // Somebody removed it between the two: then it is new after all.
  }
}
