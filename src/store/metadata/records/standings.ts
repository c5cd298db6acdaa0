import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { BlobRecords } from '#model/platform/records.ts';
import type { Approval, Standing } from '#model/platform/state.ts';
import type { ApprovalRow, ManifestRow, Tables } from '../tables.ts';
import { prepared } from './prepared.ts';

/** Manifests (`m`) with what decides who may read them: whatever governs each (`g`), and what was decided for that (`a`). */
export function selectStandings(db: Kysely<Tables>, environment: string | null | RawBuilder<never>) {
  return db
    .selectFrom('manifests as m')
    .leftJoin('manifests as g', (join) =>
      join.onRef('g.repository_id', '=', 'm.repository_id').onRef('g.digest', '=', 'm.governor'),
    )
    .leftJoin('approvals as a', (join) =>
      join
        .onRef('a.repository_id', '=', 'm.repository_id')
        .onRef('a.digest', '=', 'm.governor')
        .on('a.environment', '=', environment as string),
    )
    .select([
      'm.pushed_by',
      'g.lifecycle',
      'g.lifecycle_reason',
      'g.lifecycle_at',
      'g.lifecycle_by',
      'a.environment',
      'a.decision',
      'a.reason',
      'a.verdict',
      'a.valid_until',
      'a.decided_at',
      'a.decided_by',
    ]);
}

type Nullable<Row> = { readonly [Column in keyof Row]: Row[Column] | null };

export type StandingColumns = Pick<ManifestRow, 'pushed_by'> &
  Nullable<Pick<ManifestRow, 'lifecycle' | 'lifecycle_reason' | 'lifecycle_at' | 'lifecycle_by'>> &
  Nullable<Omit<ApprovalRow, 'project_id' | 'repository_id' | 'digest'>>;

export function toStanding(row: StandingColumns): Standing {
  return {
    state:
      row.lifecycle === null
        ? null
        : {
            lifecycle: row.lifecycle,
            reason: row.lifecycle_reason ?? '',
            since: row.lifecycle_at ?? 0,
            by: row.lifecycle_by ?? '',
          },
    pushedBy: row.pushed_by,
    approval: row.environment === null ? null : toApproval({ ...row, environment: row.environment }),
  };
}

export function toApproval(row: Nullable<ApprovalColumns> & Pick<ApprovalRow, 'environment'>): Approval {
  return {
    environment: row.environment,
    // Anything else than a row that says so is not approved.
    decision: row.decision ?? 'refused',
    reason: row.reason ?? '',
    verdict: row.verdict as Digest | null,
    validUntil: row.valid_until,
    decidedAt: row.decided_at ?? 0,
    decidedBy: row.decided_by ?? '',
  };
}

type ApprovalColumns = Omit<ApprovalRow, 'project_id' | 'repository_id' | 'digest' | 'environment'>;

/** Manifests that are looked at first. */
const FIRST = 50;
/** More than any repository has. */
const ALL = 1_000_000_000;

/** See `BlobRecords.standings`. */
export function blobStandings(db: Kysely<Tables>): BlobRecords['standings'] {
  const query = prepared(db, ['repository', 'blob', 'environment', 'most'], (value) => {
    const references = db
      .selectFrom('manifest_references')
      .select(['repository_id', 'manifest'])
      .where('repository_id', '=', value.repository)
      .where('blob', '=', value.blob)
      .limit(value.most);
    const standings = selectStandings(db, value.environment)
      .innerJoin(references.as('f'), (join) =>
        join.onRef('f.repository_id', '=', 'm.repository_id').onRef('f.manifest', '=', 'm.digest'),
      )
      .where('m.deleted_at', 'is', null)
      .select(PLACE.as('place'));
    return db
      .selectFrom(standings.as('s'))
      .selectAll('s')
      .where('s.place', '=', 1)
      .orderBy('s.pushed_by')
      .orderBy(sql`coalesce(s.lifecycle, '')`)
      .orderBy(sql`coalesce(s.decision, '')`);
  });
  return async function* standingsOf(repositoryId, digest, environment) {
    for (const most of [FIRST, ALL]) {
      const rows = await query({ repository: repositoryId, blob: digest, environment, most });
      yield* rows.map(toStanding);
    }
  };
}

/** Of those that decide alike for everybody, the one that does so for longest stands for all. */
const PLACE = sql<number>`row_number() over (
  partition by m.pushed_by, g.lifecycle, a.decision
  order by case when a.valid_until is null then 1 else 0 end desc, a.valid_until desc, m.digest
)`;
