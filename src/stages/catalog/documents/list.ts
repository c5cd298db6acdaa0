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

/** Every revision of a document, newest first, its removal included. Throws `DOCUMENTS_DENIED`, `DOCUMENT_ABSENT`. */
export async function documentHistory(
  { store }: ListContext,
  actor: Subject,
  kind: PolicyKind,
  name: string,
): Promise<readonly DocumentRecord[]> {
  assertMayRead(actor);
  const projectId = await store.records.documents.project(INSTALLATION);
  const history = projectId === null ? [] : await store.records.documents.history(projectId, kind, name);
  if (history.length === 0) {
    throw new DocumentsError('DOCUMENT_ABSENT', 'no such document', { object: quote(keyOf({ kind, name })) });
  }
  return history;
}
