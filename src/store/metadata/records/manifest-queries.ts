import type { Kysely, RawBuilder } from 'kysely';
import type { Digest } from '#base/digest.ts';
import type {
  ManifestRecord,
  ManifestRecords,
  ReferrerFilter,
  ResolvedManifest,
  StandingManifest,
} from '#model/platform/records.ts';
import type { ManifestRow, Tables } from '../tables.ts';
import { prepared } from './prepared.ts';
import { repositoryOf } from './repository-of.ts';
import { type StandingColumns, selectStandings, toStanding } from './standings.ts';
import { parseStored } from './stored-json.ts';

type ManifestColumns = Pick<
  ManifestRow,
  | 'repository_id'
  | 'digest'
  | 'media_type'
  | 'artifact_type'
  | 'size'
  | 'subject'
  | 'governor'
  | 'annotations'
  | 'pushed_by'
  | 'pushed_at'
>;

/** Manifests (`m`) that are not deleted, without their bytes, with what decides who may read them. */
function selectManifests(db: Kysely<Tables>, environment: string | null | RawBuilder<never>) {
  return selectStandings(db, environment)
    .select([
      'm.repository_id',
      'm.digest',
      'm.media_type',
      'm.artifact_type',
      'm.size',
      'm.subject',
      'm.governor',
      'm.annotations',
      'm.pushed_at',
    ])
    .where('m.deleted_at', 'is', null);
}

/** The hot path: one statement each for tags and digests, by keys of the tables alone. */
export function resolveManifest(db: Kysely<Tables>): ManifestRecords['resolve'] {
  const byTag = prepared(db, ['repository', 'tag', 'environment'], (value) =>
    resolvable(db, value.repository, value.environment)
      .innerJoin('tags as t', (join) =>
        join.onRef('t.repository_id', '=', 'm.repository_id').onRef('t.digest', '=', 'm.digest'),
      )
      .whereRef('t.repository_id', '=', 'r.id')
      .where('t.name', '=', value.tag),
  );
  const byDigest = prepared(db, ['repository', 'digest', 'environment'], (value) =>
    resolvable(db, value.repository, value.environment).where('m.digest', '=', value.digest),
  );
  return async (repository, reference, environment) => {
    const [row] =
      'tag' in reference
        ? await byTag({ repository, tag: reference.tag, environment })
        : await byDigest({ repository, digest: reference.digest, environment });
    return row === undefined ? null : toResolved(row);
  };
}

function resolvable(db: Kysely<Tables>, repository: RawBuilder<never>, environment: RawBuilder<never>) {
  return selectManifests(db, environment)
    .innerJoin('repositories as r', 'r.id', 'm.repository_id')
    .select(['m.content', 'r.project_id', 'r.name as repository_name'])
    .where('r.name', '=', repository);
}

export function findManifest(db: Kysely<Tables>): ManifestRecords['find'] {
  const query = prepared(db, ['repository', 'digest', 'environment'], (value) =>
    selectManifests(db, value.environment)
      .where('m.repository_id', '=', value.repository)
      .where('m.digest', '=', value.digest),
  );
  return async (repositoryId, digest, environment) => {
    const [row] = await query({ repository: repositoryId, digest, environment });
    return row === undefined ? null : toStandingManifest(row);
  };
}

export async function referrersOf(
  db: Kysely<Tables>,
  repositoryId: string,
  subject: Digest,
  { artifactType, environment, after, limit }: ReferrerFilter,
): Promise<readonly StandingManifest[]> {
  const rows = await selectManifests(db, environment)
    .where('m.repository_id', '=', repositoryId)
    .where('m.subject', '=', subject)
    .where('m.digest', '>', after ?? '')
    .$if(artifactType !== null, (query) => query.where('m.artifact_type', '=', artifactType))
    .orderBy('m.digest')
    .limit(limit)
    .execute();
  return rows.map(toStandingManifest);
}

function toStandingManifest(row: ManifestColumns & StandingColumns): StandingManifest {
  return { ...toRecord(row), standing: toStanding(row) };
}

function toResolved(
  row: ManifestColumns & StandingColumns & Pick<ManifestRow, 'content'> & Parameters<typeof repositoryOf>[0],
): ResolvedManifest {
  return { ...toStandingManifest(row), repository: repositoryOf(row), content: row.content };
}

function toRecord(row: ManifestColumns): ManifestRecord {
  return {
    repositoryId: row.repository_id,
    digest: row.digest as Digest,
    mediaType: row.media_type,
    artifactType: row.artifact_type,
    size: row.size,
    subject: row.subject as Digest | null,
    governor: row.governor as Digest,
    annotations: row.annotations === '{}' ? {} : parseStored(row.annotations, `manifest ${row.digest}`),
    pushedBy: row.pushed_by,
    pushedAt: row.pushed_at,
  };
}
