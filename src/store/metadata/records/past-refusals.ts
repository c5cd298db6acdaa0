import { type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import { isAutomatic, isOwnQuarantine } from '#model/platform/own-state.ts';
import type { ImageState } from '#model/platform/state.ts';
import type { ManifestRow, PastRefusalRow, Tables } from '../tables.ts';

/** Of a state: what a person decided against an image stays when that is deleted, for whoever brings the same bytes again. */
type Ended = Pick<ManifestRow, 'lifecycle' | 'lifecycle_reason' | 'lifecycle_at' | 'lifecycle_by'>;

type PastEnd = Exclude<PastRefusalRow['decision'], 'refused'>;

/** In place of the environment for the state itself. */
const STATE = '';

/**
 * The state where it outlives its manifest; else null. It does as an end, which a person decided or announced, and as a quarantine that a person put it into. What was decided in favour of an
 * image does not, since it is looked at anew.
 */
export function lastingEnd(row: Ended & Pick<ManifestRow, 'pushed_at'>): PastEnd | null {
  const { lifecycle, lifecycle_by: by, lifecycle_at: since, lifecycle_reason: reason, pushed_at } = row;
  if (lifecycle === 'revoked' || lifecycle === 'expired') {
    return lifecycle;
  }
  return lifecycle === 'quarantined' && !isOwnQuarantine({ lifecycle, reason, since, by }, pushed_at)
    ? lifecycle
    : null;
}

/** Forgets what was decided for environments about a manifest that comes again, but for what persons refused. */
export async function forgetApprovals(db: Kysely<Tables>, repositoryId: string, digest: string): Promise<void> {
  for (const { environment, decision, decided_by } of await approvalsOf(db, repositoryId, digest)) {
    if (decision !== 'refused' || isAutomatic(decided_by)) {
      await db
        .deleteFrom('approvals')
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .where('environment', '=', environment)
        .execute();
    }
  }
}

/** Before a manifest is removed for good. */
export async function rememberRefusals(db: Kysely<Tables>, repositoryId: string, digest: string): Promise<void> {
  const found = await db
    .selectFrom('manifests')
    .select(['project_id', 'pushed_at', 'lifecycle', 'lifecycle_reason', 'lifecycle_at', 'lifecycle_by'])
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .executeTakeFirstOrThrow();
  const { project_id } = found;
  const about = { project_id, repository_id: repositoryId, digest };
  const rows: PastRefusalRow[] = [];
  const end = lastingEnd(found);
  if (end !== null) {
    const { lifecycle_reason: reason, lifecycle_at, lifecycle_by } = found;
    rows.push({
      ...about,
      environment: STATE,
      decision: end,
      reason,
      decided_at: lifecycle_at,
      decided_by: lifecycle_by,
    });
  }
  for (const { environment, decision, reason, decided_at, decided_by } of await approvalsOf(db, repositoryId, digest)) {
    if (decision === 'refused' && !isAutomatic(decided_by)) {
      rows.push({ ...about, environment, decision, reason, decided_at, decided_by });
    }
  }
  for (const row of rows) {
    await db.insertInto('past_refusals').values(row).execute();
  }
}

/** What was remembered counts again, for a manifest that was stored as if it were new. */
export async function recallRefusals(db: Kysely<Tables>, row: ManifestRow): Promise<void> {
  const { repository_id, digest } = row;
  const past = await db
    .deleteFrom('past_refusals')
    .where('repository_id', '=', repository_id)
    .where('digest', '=', digest)
    .returningAll()
    .execute();
  for (const { environment, decision, reason, decided_at, decided_by, project_id } of past) {
    if (decision === 'refused') {
      const approval = { environment, decision, reason, decided_at, decided_by, verdict: null, valid_until: null };
      await db
        .insertInto('approvals')
        .values({ project_id, repository_id, digest, ...approval })
        .execute();
    } else {
      await db
        .updateTable('manifests')
        .set({
          lifecycle: decision,
          lifecycle_reason: reason,
          lifecycle_at: decided_at,
          lifecycle_by: decided_by,
        })
        .where('repository_id', '=', repository_id)
        .where('digest', '=', digest)
        .execute();
    }
  }
}

/** See `ManifestRecords.ended`. */
export async function endedState(db: Kysely<Tables>, repository: string, digest: Digest): Promise<ImageState | null> {
  const { rows } = await sql<Ended & Pick<ManifestRow, 'pushed_at'>>`
    SELECT m.lifecycle, m.lifecycle_reason, m.lifecycle_at, m.lifecycle_by, m.pushed_at
    FROM repositories r JOIN manifests m ON m.repository_id = r.id
    WHERE r.name = ${repository} AND m.digest = ${digest} AND m.deleted_at IS NOT NULL
    UNION ALL
    SELECT p.decision, p.reason, p.decided_at, p.decided_by, -1
    FROM repositories r JOIN past_refusals p ON p.repository_id = r.id
    WHERE r.name = ${repository} AND p.digest = ${digest} AND p.environment = ${STATE}`.execute(db);
  const row = rows.find((one) => lastingEnd(one) !== null);
  return row === undefined
    ? null
    : { lifecycle: row.lifecycle, reason: row.lifecycle_reason, since: row.lifecycle_at, by: row.lifecycle_by };
}

async function approvalsOf(db: Kysely<Tables>, repositoryId: string, digest: string) {
  return await db
    .selectFrom('approvals')
    .select(['environment', 'decision', 'reason', 'decided_at', 'decided_by'])
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .execute();
}
