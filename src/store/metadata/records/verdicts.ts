import type { Kysely } from 'kysely';
import type { VerdictRecords } from '#model/platform/records.ts';
import type { Tables } from '../tables.ts';
import { keptDigest } from './error.ts';
import { repositoryOf } from './repository-of.ts';

/** Every verdict on an image, never changed. */
export function verdictRecords(db: Kysely<Tables>): VerdictRecords {
  return {
    append: async ({ id, repository, digest, environment, outcome, validUntil, decidedAt, content }) => {
      const row = { id, project_id: repository.projectId, repository_id: repository.id, digest, environment };
      await db
        .insertInto('verdicts')
        .values({ ...row, outcome, valid_until: validUntil, decided_at: decidedAt, content })
        .execute();
    },
    history: async (repositoryId, digest, environment, limit, before = null) => {
      const rows = await db
        .selectFrom('verdicts as v')
        .innerJoin('repositories as r', 'r.id', 'v.repository_id')
        .select(['v.id', 'v.project_id', 'v.repository_id', 'v.digest', 'v.environment', 'v.outcome', 'v.valid_until'])
        .select(['v.decided_at', 'v.content', 'r.name as repository_name'])
        .where('v.repository_id', '=', repositoryId)
        .where('v.digest', '=', digest)
        .where('v.environment', '=', environment)
        .$if(before !== null, (query) => query.where('v.id', '<', before ?? ''))
        .orderBy('v.id', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        repository: repositoryOf(row),
        digest: keptDigest(row.digest, `verdict ${row.id}`),
        environment: row.environment,
        outcome: row.outcome,
        validUntil: row.valid_until,
        decidedAt: row.decided_at,
        content: row.content,
      }));
    },
  };
}
