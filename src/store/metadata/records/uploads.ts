import type { Kysely } from 'kysely';
import type { DigestAlgorithm } from '#base/digest.ts';
import type { UploadState } from '#model/platform/blob-store.ts';
import type { Upload, UploadRecords } from '#model/platform/records.ts';
import type { Tables } from '../tables.ts';
import { repositoryOf } from './repository-of.ts';
import { parseStored } from './stored-json.ts';

/** Uploads that go on, by compare and set: of two who add to the same one only one is kept. They are made through `hasty`. */
export function uploadRecords(db: Kysely<Tables>, hasty: Kysely<Tables> = db): UploadRecords {
  return {
    create: async ({ id, repository, owner, algorithm, state, updatedAt }) => {
      await hasty
        .insertInto('uploads')
        .values({
          id,
          project_id: repository.projectId,
          repository_id: repository.id,
          owner,
          algorithm,
          state: JSON.stringify(state),
          size: state.size,
          version: 1,
          created_at: updatedAt,
          updated_at: updatedAt,
        })
        .execute();
    },
    find: async (id) => {
      const row = await select(db).where('u.id', '=', id).executeTakeFirst();
      return row === undefined ? null : toUpload(row);
    },
    update: async (id, version, state, now) => {
      const row = await db
        .updateTable('uploads')
        .set({ state: JSON.stringify(state), size: state.size, version: version + 1, updated_at: now })
        .where('id', '=', id)
        .where('version', '=', version)
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },
    remove: async (id, version) => {
      const row = await db
        .deleteFrom('uploads')
        .where('id', '=', id)
        .where('version', '=', version)
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },
    expired: async (updatedBefore, limit) => {
      const rows = await select(db)
        .where('u.updated_at', '<', updatedBefore)
        .orderBy('u.updated_at')
        .orderBy('u.id')
        .limit(limit)
        .execute();
      return rows.map(toUpload);
    },
  };
}

function select(db: Kysely<Tables>) {
  return db
    .selectFrom('uploads as u')
    .innerJoin('repositories as r', 'r.id', 'u.repository_id')
    .select(['u.id', 'u.owner', 'u.algorithm', 'u.state', 'u.version', 'u.updated_at'])
    .select(['r.id as repository_id', 'r.project_id', 'r.name as repository_name']);
}

type UploadColumns = Parameters<typeof repositoryOf>[0] & {
  readonly id: string;
  readonly owner: string;
  readonly algorithm: string;
  readonly state: string;
  readonly version: number;
  readonly updated_at: number;
};

function toUpload(row: UploadColumns): Upload {
  return {
    id: row.id,
    repository: repositoryOf(row),
    owner: row.owner,
    algorithm: row.algorithm as DigestAlgorithm,
    state: parseStored<UploadState>(row.state, `upload ${row.id}`),
    version: row.version,
    updatedAt: row.updated_at,
  };
}
