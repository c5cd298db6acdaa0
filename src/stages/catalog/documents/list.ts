import { quote } from '#base/error.ts';
import type { Subject } from '#model/platform/access.ts';
import type { DocumentRecord } from '#model/platform/records.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import type { PolicyKind } from '#model/policy.ts';
import type { DocumentsContext } from './context.ts';
import { DocumentsError } from './error.ts';
import { keyOf } from './kinds.ts';
import { assertMayRead } from './permission.ts';

type ListContext = Pick<DocumentsContext, 'store'>;

/** Documents of a kind as they are now, by name. Throws `DOCUMENTS_DENIED`. */
export async function listDocuments(
  { store }: ListContext,
  actor: Subject,
  kind: PolicyKind,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly DocumentRecord[]> {
  assertMayRead(actor);
  const projectId = await store.records.documents.project(INSTALLATION);
  return projectId === null ? [] : await store.records.documents.list(projectId, kind, page);
}

/** A revision of a document; the newest for null, and nothing of one that is removed. Throws `DOCUMENTS_DENIED`, `DOCUMENT_ABSENT`. */
export async function findDocument(
  { store }: ListContext,
  actor: Subject,
  { kind, name, revision }: { readonly kind: PolicyKind; readonly name: string; readonly revision: number | null },
): Promise<DocumentRecord> {
  assertMayRead(actor);
  const { documents } = store.records;
  const projectId = await documents.project(INSTALLATION);
  const found = projectId === null ? null : await documents.revision(projectId, kind, name, revision);
  if (found === null || (revision === null && found.isRemoved)) {
    throw absent(kind, name);
  }
  return found;
}

/** Revisions of a document, newest first, its removal included, without what they say. Throws `DOCUMENTS_DENIED`, `DOCUMENT_ABSENT` where there never was one. */
export async function documentHistory(
  { store }: ListContext,
  actor: Subject,
  { kind, name }: { readonly kind: PolicyKind; readonly name: string },
  page: { readonly before: number | null; readonly limit: number },
): Promise<readonly Omit<DocumentRecord, 'content'>[]> {
  assertMayRead(actor);
  const { documents } = store.records;
  const projectId = await documents.project(INSTALLATION);
  const history = projectId === null ? [] : await documents.history(projectId, kind, name, page);
  if (history.length === 0 && page.before === null) {
    throw absent(kind, name);
  }
  return history;
}

function absent(kind: PolicyKind, name: string): DocumentsError {
  return new DocumentsError('DOCUMENT_ABSENT', 'no such document', { object: quote(keyOf({ kind, name })) });
}
