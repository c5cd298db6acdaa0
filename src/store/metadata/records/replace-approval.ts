import type { Kysely } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { Repository } from '#model/platform/records.ts';
import type { Approval } from '#model/platform/state.ts';
import type { Tables } from '../tables.ts';
import { holdLive } from './tags.ts';

/** In a transaction. See `ManifestRecords.replaceApproval`. One statement: of two who decide at once the second finds what the first wrote. */
export async function replaceApproval(
  db: Kysely<Tables>,
  repository: Repository,
  digest: Digest,
  before: Approval | null,
  approval: Approval,
): Promise<boolean> {
  await holdLive(db, repository, digest);
  const decided = {
    decision: approval.decision,
    reason: approval.reason,
    verdict: approval.verdict,
    valid_until: approval.validUntil,
    decided_at: approval.decidedAt,
    decided_by: approval.decidedBy,
  };
  const insert = db.insertInto('approvals').values({
    project_id: repository.projectId,
    repository_id: repository.id,
    digest,
    environment: approval.environment,
    ...decided,
  });
  const columns = ['repository_id', 'digest', 'environment'] as const;
  const row = await insert
    .onConflict((conflict) =>
      before === null
        ? conflict.columns(columns).doNothing()
        : conflict
            .columns(columns)
            .doUpdateSet(decided)
            .where('approvals.decided_at', '=', before.decidedAt)
            .where('approvals.decided_by', '=', before.decidedBy)
            .where('approvals.decision', '=', before.decision),
    )
    .returning('digest')
    .executeTakeFirst();
  return row !== undefined;
}
