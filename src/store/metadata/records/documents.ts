import type { Kysely } from 'kysely';
import type { DocumentRecord, DocumentRecords } from '#model/platform/records.ts';
import type { DocumentRow, Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { keptDigest } from './error.ts';

/** Documents by project, kind and name. Every revision is kept; removing one is a revision as well. */
export function documentRecords(db: Kysely<Tables>, newId: (now: number) => string): DocumentRecords {
  return {
    project: (name) => projectId(db, name),
    ensureProject: async (name, now) =>
      (await projectId(db, name)) ?? (await atomically(db, (all) => ensureProject(all, { id: newId(now), name, now }))),
    find: async (projectId, kind, name) => {
      const row = await revisions(db, projectId, kind, name).limit(1).executeTakeFirst();
      return row === undefined || row.is_removed !== 0 ? null : documentOf(row);
    },
    list: async (projectId, kind, { after, limit }) => {
      const rows = await db
        .selectFrom('documents as d')
        .selectAll()
        .where('d.project_id', '=', projectId)
        .where('d.kind', '=', kind)
        .where('d.name', '>', after ?? '')
        .where('d.is_removed', '=', 0)
        .where('d.revision', '=', (select) =>
          select
            .selectFrom('documents as n')
            .select(({ fn }) => fn.max('n.revision').as('revision'))
            .whereRef('n.project_id', '=', 'd.project_id')
            .whereRef('n.kind', '=', 'd.kind')
            .whereRef('n.name', '=', 'd.name'),
        )
        .orderBy('d.name')
        .limit(limit)
        .execute();
      return rows.map(documentOf);
    },
    write: (projectId, document) => atomically(db, (transaction) => write(transaction, projectId, document)),
    history: async (projectId, kind, name) => (await revisions(db, projectId, kind, name).execute()).map(documentOf),
  };
}

async function projectId(db: Kysely<Tables>, name: string): Promise<string | null> {
  const row = await db.selectFrom('projects').select('id').where('name', '=', name).executeTakeFirst();
  return row?.id ?? null;
}

/** Whoever comes second waits for the first, and finds what that one made. */
async function ensureProject(
  db: Kysely<Tables>,
  { id, name, now }: { readonly id: string; readonly name: string; readonly now: number },
): Promise<string> {
  await db
    .insertInto('projects')
    .values({ id, name, created_at: now })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await db.selectFrom('projects').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id;
}

/** Newest first. */
function revisions(db: Kysely<Tables>, projectId: string, kind: string, name: string) {
  return db
    .selectFrom('documents')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .orderBy('revision', 'desc');
}

/** Of two that write the same revision at once the key lets one through. */
async function write(db: Kysely<Tables>, projectId: string, document: DocumentRecord): Promise<boolean> {
  const { kind, name, revision } = document;
  const newest = await revisions(db, projectId, kind, name).limit(1).executeTakeFirst();
  if (revision !== (newest?.revision ?? 0) + 1) {
    return false;
  }
  const written = await db
    .insertInto('documents')
    .values(rowOf(projectId, document))
    .onConflict((conflict) => conflict.doNothing())
    .returning('revision')
    .executeTakeFirst();
  return written !== undefined;
}

function rowOf(projectId: string, document: DocumentRecord): DocumentRow {
  const { kind, name, revision, digest, content, createdAt, createdBy, isRemoved } = document;
  return {
    project_id: projectId,
    kind,
    name,
    revision,
    digest,
    content,
    created_at: createdAt,
    created_by: createdBy,
    is_removed: isRemoved ? 1 : 0,
  };
}

function documentOf(row: DocumentRow): DocumentRecord {
  const { kind, name, revision, digest, content, created_at, created_by, is_removed } = row;
  return {
    kind,
    name,
    revision,
    digest: keptDigest(digest, `${kind} ${name}, revision ${revision}`),
    content,
    createdAt: created_at,
    createdBy: created_by,
    isRemoved: is_removed !== 0,
  };
}
