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
      const found = await revision(db, projectId, kind, name, null);
      return found === null || found.isRemoved ? null : found;
    },
    list: async (projectId, kind, { after, limit }) => {
      const rows = await newest(db, projectId)
        .selectAll()
        .where('d.kind', '=', kind)
        .where('d.name', '>', after ?? '')
        .orderBy('d.name')
        .limit(limit)
        .execute();
      return rows.map(documentOf);
    },
    count: (projectId, kinds) => count(db, projectId, kinds),
    write: (projectId, document) => atomically(db, (transaction) => write(transaction, projectId, document)),
    revision: (projectId, kind, name, wanted) => revision(db, projectId, kind, name, wanted),
    history: async (projectId, kind, name, { before, limit }) => {
      const rows = await revisions(db, projectId, kind, name)
        .select(['project_id', 'kind', 'name', 'revision', 'digest', 'created_at', 'created_by', 'is_removed'])
        .$if(before !== null, (query) => query.where('revision', '<', before))
        .limit(limit)
        .execute();
      return rows.map(summaryOf);
    },
  };
}

/** The newest revision of each that is not removed. */
function newest(db: Kysely<Tables>, projectId: string) {
  return db
    .selectFrom('documents as d')
    .where('d.project_id', '=', projectId)
    .where('d.is_removed', '=', 0)
    .where('d.revision', '=', (select) =>
      select
        .selectFrom('documents as n')
        .select(({ fn }) => fn.max('n.revision').as('revision'))
        .whereRef('n.project_id', '=', 'd.project_id')
        .whereRef('n.kind', '=', 'd.kind')
        .whereRef('n.name', '=', 'd.name'),
    );
}

async function count(db: Kysely<Tables>, projectId: string, kinds: readonly string[]): Promise<number> {
  const { found } = await newest(db, projectId)
    .select(({ fn }) => fn.countAll().as('found'))
    .where('d.kind', 'in', kinds)
    .executeTakeFirstOrThrow();
  return Number(found);
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
    .where('project_id', '=', projectId)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .orderBy('revision', 'desc');
}

async function revision(
  db: Kysely<Tables>,
  projectId: string,
  kind: string,
  name: string,
  wanted: number | null,
): Promise<DocumentRecord | null> {
  const row = await revisions(db, projectId, kind, name)
    .selectAll()
    .$if(wanted !== null, (query) => query.where('revision', '=', wanted))
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : documentOf(row);
}

/** Of two that write the same revision at once the key lets one through. */
async function write(db: Kysely<Tables>, projectId: string, document: DocumentRecord): Promise<boolean> {
  const { kind, name } = document;
  const last = await revisions(db, projectId, kind, name).select('revision').limit(1).executeTakeFirst();
  if (document.revision !== (last?.revision ?? 0) + 1) {
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
  const { kind, name, digest, content, createdAt, createdBy, isRemoved } = document;
  return {
    project_id: projectId,
    kind,
    name,
    revision: document.revision,
    digest,
    content,
    created_at: createdAt,
    created_by: createdBy,
    is_removed: isRemoved ? 1 : 0,
  };
}

function documentOf(row: DocumentRow): DocumentRecord {
  return { ...summaryOf(row), content: row.content };
}

function summaryOf(row: Omit<DocumentRow, 'content'>): Omit<DocumentRecord, 'content'> {
  const { kind, name, revision: number, digest, created_at, created_by, is_removed } = row;
  return {
    kind,
    name,
    revision: number,
    digest: keptDigest(digest, `${kind} ${name}, revision ${number}`),
    createdAt: created_at,
    createdBy: created_by,
    isRemoved: is_removed !== 0,
  };
}
