import { type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type { ManifestReference, NewManifest, Repository } from '#model/platform/records.ts';
import type { ImageState } from '#model/platform/state.ts';
import { MetadataError } from '../error.ts';
import type { ManifestReferenceRow, ManifestRow, Tables } from '../tables.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { renewImage } from './images.ts';
import { forgetApprovals, lastingEnd, recallRefusals } from './past-refusals.ts';

/** Rows in one statement: PostgreSQL takes 65,535 values. */
const ROWS_AT_ONCE = 500;
/** Digests that an error names. */
const NAMED = 3;

export interface Insertion {
  readonly repository: Repository;
  readonly manifest: NewManifest;
  readonly state: ImageState;
}

/** In a transaction. See `ManifestRecords.insert`. */
export async function insertManifest(db: Kysely<Tables>, dialect: Dialect, insertion: Insertion): Promise<boolean> {
  const { repository, manifest } = insertion;
  await lockRepository(db, repository.id);
  await holdBlobs(db, dialect, repository, manifest);
  const governor = await governorOf(db, repository.id, manifest);
  const row = { ...rowOf(insertion), governor };
  const inserted = await db
    .insertInto('manifests')
    .values(row)
    .onConflict((conflict) => conflict.columns(['repository_id', 'digest']).doNothing())
    .returning('digest')
    .executeTakeFirst();
  if (inserted !== undefined) {
    await insertReferences(db, repository, manifest);
    await recallRefusals(db, row);
  } else if (!(await revive(db, row))) {
    return false;
  }
  await regovern(db, repository.id, manifest.digest, governor);
  return true;
}

/**
 * One at a time changes which manifests a repository has: what two see of each other decides whose state counts, and what may be
 * removed. It keeps nobody from reading, nor from uploading.
 */
export async function lockRepository(db: Kysely<Tables>, repositoryId: string): Promise<void> {
  await db.selectFrom('repositories').select('id').where('id', '=', repositoryId).forNoKeyUpdate().execute();
}

/** Keeps the blobs from being unlinked until the references to them are there. */
async function holdBlobs(
  db: Kysely<Tables>,
  dialect: Dialect,
  repository: Repository,
  { digest, references }: NewManifest,
): Promise<void> {
  const needed = [...new Set(references.filter(({ isHeld }) => isHeld).map((reference) => reference.digest))];
  const rows = await db
    .selectFrom('repository_blobs')
    .select('digest')
    .where('repository_id', '=', repository.id)
    .where('digest', 'in', sql<string>`(SELECT value FROM ${valuesOf(dialect, needed)})`)
    .forKeyShare()
    .execute();
  const held = new Set(rows.map((row) => row.digest));
  const missing = needed.filter((blob) => !held.has(blob));
  if (missing.length > 0) {
    const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : '';
    throw new MetadataError('BLOB_NOT_IN_REPOSITORY', 'the repository does not hold what the manifest needs', {
      object: `${repository.name}@${digest}`,
      found: `no blob ${missing.slice(0, NAMED).join(', ')}${more}`,
      hint: 'Upload the blobs first.',
    });
  }
}

/** What governs the one that the caller found may have come, or have got another governor, since the caller looked. */
async function governorOf(db: Kysely<Tables>, repositoryId: string, manifest: NewManifest): Promise<Digest> {
  if (manifest.governor === manifest.digest) {
    return manifest.digest;
  }
  const row = await db
    .selectFrom('manifests')
    .select('governor')
    .where('repository_id', '=', repositoryId)
    .where('digest', '=', manifest.governor)
    .executeTakeFirst();
  return row === undefined ? manifest.governor : (row.governor as Digest);
}

/** What hung on this one, or on what hangs on it, while it was not there yet. */
async function regovern(db: Kysely<Tables>, repositoryId: string, digest: Digest, governor: Digest): Promise<void> {
  if (governor !== digest) {
    await db
      .updateTable('manifests')
      .set({ governor })
      .where('repository_id', '=', repositoryId)
      .where('governor', '=', digest)
      .where('digest', '<>', digest)
      .execute();
  }
}

function rowOf({ repository, manifest, state }: Insertion): ManifestRow {
  return {
    project_id: repository.projectId,
    repository_id: repository.id,
    digest: manifest.digest,
    media_type: manifest.mediaType,
    artifact_type: manifest.artifactType,
    size: manifest.size,
    subject: manifest.subject,
    governor: manifest.governor,
    annotations: JSON.stringify(manifest.annotations),
    content: manifest.content,
    pushed_by: manifest.pushedBy,
    pushed_at: manifest.pushedAt,
    lifecycle: state.lifecycle,
    lifecycle_reason: state.reason,
    lifecycle_at: state.since,
    lifecycle_by: state.by,
    deleted_at: null,
    deleted_by: null,
    deleted_tags: null,
  };
}

/** Makes a deleted one live again, as if it had come now: what was decided before is forgotten, but for what a person decided against it. False when it is live. */
async function revive(db: Kysely<Tables>, row: ManifestRow): Promise<boolean> {
  const there = await db
    .selectFrom('manifests')
    .select(['deleted_at', 'pushed_at', 'lifecycle', 'lifecycle_reason', 'lifecycle_at', 'lifecycle_by'])
    .where('repository_id', '=', row.repository_id)
    .where('digest', '=', row.digest)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (there.deleted_at === null) {
    return false;
  }
  const { governor, pushed_by, pushed_at, deleted_at, deleted_by, deleted_tags } = row;
  const { lifecycle, lifecycle_reason, lifecycle_at, lifecycle_by } = row;
  await db
    .updateTable('manifests')
    .set({ governor, pushed_by, pushed_at, deleted_at, deleted_by, deleted_tags })
    .$if(lastingEnd(there) === null, (update) =>
      update.set({ lifecycle, lifecycle_reason, lifecycle_at, lifecycle_by }),
    )
    .where('repository_id', '=', row.repository_id)
    .where('digest', '=', row.digest)
    .execute();
  await forgetApprovals(db, row.repository_id, row.digest);
  await renewImage(db, row.repository_id, row.digest as Digest);
  return true;
}

async function insertReferences(db: Kysely<Tables>, repository: Repository, manifest: NewManifest): Promise<void> {
  const rows = eachOnce(manifest.references).map(
    ({ kind, digest, isHeld, platform }): ManifestReferenceRow => ({
      project_id: repository.projectId,
      repository_id: repository.id,
      manifest: manifest.digest,
      kind,
      digest,
      blob: isHeld ? digest : null,
      platform,
    }),
  );
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    await db
      .insertInto('manifest_references')
      .values(rows.slice(start, start + ROWS_AT_ONCE))
      .execute();
  }
}

/** An empty layer may be there many times, an image under two platforms. What is held by one of them is held. */
function eachOnce(references: readonly ManifestReference[]): readonly ManifestReference[] {
  const found = new Map<string, ManifestReference>();
  for (const reference of references) {
    const key = `${reference.kind} ${reference.digest}`;
    const known = found.get(key);
    found.set(key, known === undefined ? reference : { ...known, isHeld: known.isHeld || reference.isHeld });
  }
  return [...found.values()];
}
