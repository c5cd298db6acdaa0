import { type Kysely, sql } from 'kysely';
import type { Digest } from '#base/digest.ts';
import {
  type Acquisition,
  type AcquisitionChange,
  type AcquisitionFilter,
  type AcquisitionProgress,
  type AcquisitionRecords,
  FINAL_ACQUISITION_STATES,
} from '#model/platform/acquisition.ts';
import type { AcquisitionRow, Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import type { Dialect } from './dialect.ts';
import { keptDigest } from './error.ts';
import { isWithinOne } from './prefixes.ts';
import { repositoryOf } from './repository-of.ts';
import { parseStored } from './stored-json.ts';

/** What is taken from sources, and what was. */
export function acquisitionRecords(db: Kysely<Tables>, dialect: Dialect): AcquisitionRecords {
  return {
    begin: (acquisition) => atomically(db, (all) => begin(all, acquisition)),
    find: (id) => first(selectAcquisitions(db).where('a.id', '=', id)),
    update: (id, version, change, now) => update(db, id, version, change, now),
    list: (filter) => list(db, dialect, filter),
    history: (upstream, digest, limit) =>
      all(
        selectAcquisitions(db)
          .where('a.upstream', '=', upstream)
          .where('a.digest', '=', digest)
          .where('a.finished_at', 'is not', null)
          .orderBy('a.id', 'desc')
          .limit(limit),
      ),
    latest: (repositoryId, reference) =>
      first(
        selectAcquisitions(db)
          .where('a.repository_id', '=', repositoryId)
          .where('a.reference', '=', reference)
          .orderBy('a.id', 'desc')
          .limit(1),
      ),
    underWay: (repositoryId, digest) => underWay(db, repositoryId, digest),
    look: (about, before, now) => look(db, about, before, now),
  };
}

function selectAcquisitions(db: Kysely<Tables>) {
  return db
    .selectFrom('acquisitions as a')
    .innerJoin('repositories as r', 'r.id', 'a.repository_id')
    .select(['a.id', 'a.project_id', 'a.repository_id', 'a.source', 'a.upstream', 'a.reference', 'a.digest', 'a.state'])
    .select([
      'a.reason',
      'a.progress',
      'a.requested_by',
      'a.requested_at',
      'a.updated_at',
      'a.finished_at',
      'a.version',
    ])
    .select('r.name as repository_name');
}

type Selected = ReturnType<typeof selectAcquisitions>;

async function all(query: Selected): Promise<readonly Acquisition[]> {
  return (await query.execute()).map(acquisitionOf);
}

async function first(query: Selected): Promise<Acquisition | null> {
  const row = await query.executeTakeFirst();
  return row === undefined ? null : acquisitionOf(row);
}

/** Whoever comes second waits for the first, and finds what that one made; if it ended at this moment, the next round makes another. */
async function begin(db: Kysely<Tables>, acquisition: Acquisition): Promise<Acquisition> {
  for (;;) {
    const there = await first(
      selectAcquisitions(db)
        .where('a.repository_id', '=', acquisition.repository.id)
        .where('a.reference', '=', acquisition.reference)
        .where('a.finished_at', 'is', null),
    );
    if (there !== null) {
      return there;
    }
    const made = await db
      .insertInto('acquisitions')
      .values(rowOf(acquisition))
      .onConflict((conflict) =>
        conflict.columns(['repository_id', 'reference']).where(sql<boolean>`finished_at IS NULL`).doNothing(),
      )
      .returning('id')
      .executeTakeFirst();
    if (made !== undefined) {
      return acquisition;
    }
  }
}

/** What is over stays as it is. */
async function update(
  db: Kysely<Tables>,
  id: string,
  version: number,
  change: AcquisitionChange,
  now: number,
): Promise<boolean> {
  const { digest, state, reason, progress } = change;
  const isOver = FINAL_ACQUISITION_STATES.some((one) => one === state);
  const row = await db
    .updateTable('acquisitions')
    .set({
      version: version + 1,
      updated_at: now,
      finished_at: isOver ? (change.finishedAt ?? now) : null,
      ...(digest === undefined ? {} : { digest }),
      ...(state === undefined ? {} : { state }),
      ...(reason === undefined ? {} : { reason }),
      ...(progress === undefined ? {} : { progress: JSON.stringify(progress) }),
    })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('finished_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

async function list(db: Kysely<Tables>, dialect: Dialect, filter: AcquisitionFilter): Promise<readonly Acquisition[]> {
  const { prefixes, source, state, after, limit } = filter;
  return await all(
    selectAcquisitions(db)
      .$if(after !== null, (query) => query.where('a.id', '<', after))
      .$if(prefixes !== null, (query) => query.where(isWithinOne(dialect, sql.ref('r.name'), prefixes ?? [])))
      .$if(source !== null, (query) => query.where('a.source', '=', source))
      .$if(state !== null, (query) => query.where('a.state', '=', state ?? 'waiting'))
      .orderBy('a.id', 'desc')
      .limit(limit),
  );
}

/** What a digest hangs on: what has it as a child, and its subject, and so on. */
async function underWay(db: Kysely<Tables>, repositoryId: string, digest: Digest): Promise<readonly Acquisition[]> {
  const above = sql<string>`
    WITH RECURSIVE above (digest) AS (
      SELECT m.digest FROM manifests m WHERE m.repository_id = ${repositoryId} AND m.digest = ${digest}
      UNION
      SELECT coalesce(f.manifest, m.subject) FROM above a
      LEFT JOIN manifest_references f ON f.repository_id = ${repositoryId} AND f.digest = a.digest AND f.kind = 'child'
      LEFT JOIN manifests m ON m.repository_id = ${repositoryId} AND m.digest = a.digest
    )
    SELECT digest FROM above WHERE digest IS NOT NULL UNION ALL SELECT CAST(${digest} AS text)`;
  return await all(
    selectAcquisitions(db)
      .where('a.repository_id', '=', repositoryId)
      .where('a.finished_at', 'is', null)
      .where('a.digest', 'in', sql<string>`(${above})`)
      .orderBy('a.id'),
  );
}

/** One statement: the row's lock lets one of many through. */
async function look(db: Kysely<Tables>, about: string, before: number, now: number): Promise<boolean> {
  const row = await db
    .insertInto('upstream_looks')
    .values({ about, looked_at: now })
    .onConflict((conflict) =>
      conflict.column('about').doUpdateSet({ looked_at: now }).where('upstream_looks.looked_at', '<', before),
    )
    .returning('about')
    .executeTakeFirst();
  return row !== undefined;
}

function rowOf(acquisition: Acquisition): AcquisitionRow {
  const { repository, requestedBy, requestedAt, updatedAt, finishedAt, progress, ...same } = acquisition;
  return {
    ...same,
    project_id: repository.projectId,
    repository_id: repository.id,
    progress: JSON.stringify(progress),
    requested_by: requestedBy,
    requested_at: requestedAt,
    updated_at: updatedAt,
    finished_at: finishedAt,
  };
}

function acquisitionOf(row: AcquisitionRow & { readonly repository_name: string }): Acquisition {
  const { id, source, upstream, reference, digest, state, reason, version } = row;
  const object = `acquisition ${id}`;
  return {
    id,
    repository: repositoryOf(row),
    source,
    upstream,
    reference,
    digest: digest === null ? null : keptDigest(digest, object),
    state,
    reason,
    progress: parseStored<AcquisitionProgress>(row.progress, object),
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
    version,
  };
}
