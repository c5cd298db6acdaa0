import type { Kysely } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { ManifestRecords, ManifestReference, Repository } from '#model/platform/records.ts';
import type { Approval, ImageState, Lifecycle } from '#model/platform/state.ts';
import type { Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import type { Dialect } from './dialect.ts';
import { followState } from './images.ts';
import { insertManifest } from './manifest-insert.ts';
import { findManifest, referrersOf, resolveManifest } from './manifest-queries.ts';
import { endedState } from './past-refusals.ts';
import { replaceApproval } from './replace-approval.ts';
import { toApproval } from './standings.ts';
import { holdLive } from './tags.ts';

/** Manifests that are not deleted, their states and what was decided for environments. */
export function manifestRecords(db: Kysely<Tables>, dialect: Dialect): ManifestRecords {
  return {
    resolve: resolveManifest(db),
    find: findManifest(db),
    insert: (repository, manifest, state) =>
      atomically(db, (all) => insertManifest(all, dialect, { repository, manifest, state })),
    ended: (repository, digest) => endedState(db, repository, digest),
    children: (repositoryId, digest) => children(db, repositoryId, digest),
    parents: (repositoryId, digest) => parents(db, repositoryId, digest),
    referrers: (repositoryId, subject, filter) => referrersOf(db, repositoryId, subject, filter),
    setState: (repositoryId, digest, from, state) =>
      atomically(db, (all) => setState(all, repositoryId, digest, from, state)),
    setApproval: (repository, digest, approval) =>
      atomically(db, (all) => setApproval(all, repository, digest, approval)),
    replaceApproval: (repository, digest, before, approval) =>
      atomically(db, (all) => replaceApproval(all, repository, digest, before, approval)),
    approvals: async (repositoryId, digest) => {
      const rows = await db
        .selectFrom('approvals')
        .select(['environment', 'decision', 'reason', 'verdict', 'valid_until', 'decided_at', 'decided_by'])
        .where('repository_id', '=', repositoryId)
        .where('digest', '=', digest)
        .orderBy('environment')
        .execute();
      return rows.map(toApproval);
    },
  };
}

async function children(
  db: Kysely<Tables>,
  repositoryId: string,
  manifest: Digest,
): Promise<readonly ManifestReference[]> {
  const rows = await db
    .selectFrom('manifest_references')
    .select(['digest', 'platform'])
    .where('repository_id', '=', repositoryId)
    .where('manifest', '=', manifest)
    .where('kind', '=', 'child')
    .orderBy('digest')
    .execute();
  return rows.map(({ digest, platform }) => ({ kind: 'child', digest: digest as Digest, isHeld: false, platform }));
}

async function setState(
  db: Kysely<Tables>,
  repositoryId: string,
  digest: Digest,
  from: Lifecycle,
  state: ImageState,
): Promise<boolean> {
  const row = await db
    .updateTable('manifests')
    .set({
      lifecycle: state.lifecycle,
      lifecycle_reason: state.reason,
      lifecycle_at: state.since,
      lifecycle_by: state.by,
    })
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', digest)
    .where('deleted_at', 'is', null)
    .where('lifecycle', '=', from)
    .returning('digest')
    .executeTakeFirst();
  if (row === undefined) {
    return false;
  }
  await followState(db, repositoryId, digest);
  return true;
}

async function parents(
  db: Kysely<Tables>,
  repositoryId: string,
  digest: Digest,
): ReturnType<ManifestRecords['parents']> {
  const rows = await db
    .selectFrom('manifest_references as f')
    .innerJoin('manifests as m', (join) =>
      join.onRef('m.repository_id', '=', 'f.repository_id').onRef('m.digest', '=', 'f.manifest'),
    )
    .select(['m.digest', 'm.pushed_at'])
    .where('f.repository_id', '=', repositoryId)
    .where('f.digest', '=', digest)
    .where('f.kind', '=', 'child')
    .where('m.deleted_at', 'is', null)
    .orderBy('m.digest')
    .execute();
  return rows.map((row) => ({ digest: row.digest as Digest, pushedAt: row.pushed_at }));
}

async function setApproval(
  db: Kysely<Tables>,
  repository: Repository,
  digest: Digest,
  approval: Approval,
): Promise<void> {
  await holdLive(db, repository, digest);
  const decided = {
    decision: approval.decision,
    reason: approval.reason,
    verdict: approval.verdict,
    valid_until: approval.validUntil,
    decided_at: approval.decidedAt,
    decided_by: approval.decidedBy,
  };
  await db
    .insertInto('approvals')
    .values({
      project_id: repository.projectId,
      repository_id: repository.id,
      digest,
      environment: approval.environment,
      ...decided,
    })
    .onConflict((conflict) => conflict.columns(['repository_id', 'digest', 'environment']).doUpdateSet(decided))
    .execute();
}
