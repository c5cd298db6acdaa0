import { isAppError, messageOf, quote } from '#base/error.ts';
import type { Subject } from '#model/platform/access.ts';
import type { DocumentRecord } from '#model/platform/records.ts';
import type { DocumentsContext } from './context.ts';
import { DocumentsError } from './error.ts';
import { issueText } from './issue-text.ts';
import { type InstallationDocument, keyOf } from './kinds.ts';
import { assertMayWrite } from './permission.ts';
import { readStored } from './read.ts';
import { snapshot } from './snapshot.ts';
import { putTogether } from './together.ts';
import { OtherRevision, writeDocuments } from './write.ts';

const MAX_ATTEMPTS = 20;

/**
 * Removes a document that the others can do without; its history stays. Exceptions are ended (`endException`). Throws `DOCUMENTS_DENIED`,
 * `DOCUMENT_ABSENT`, `DOCUMENT_NEEDED` with what would be wrong then, `DOCUMENTS_BUSY`.
 */
export async function removeDocument(
  context: DocumentsContext,
  actor: Subject,
  { kind, name }: { readonly kind: string; readonly name: string },
): Promise<void> {
  assertMayWrite(actor);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { revision, stored } = await snapshot(context);
    const record = stored.find((one) => one.kind === kind && one.name === name);
    if (record === undefined || kind === 'Exception') {
      throw new DocumentsError('DOCUMENT_ABSENT', 'no such document', {
        object: quote(keyOf({ kind, name })),
        ...(record !== undefined && { hint: 'plimsoll exception end ends an exception.' }),
      });
    }
    const others: InstallationDocument[] = [];
    for (const other of stored) {
      if (other !== record) {
        others.push(await readOther(other, context.trustFolder));
      }
    }
    const { issues } = await putTogether(others);
    if (issues.length > 0) {
      throw new DocumentsError('DOCUMENT_NEEDED', 'the others do not go together without it', {
        object: keyOf({ kind, name }),
        found: issueText(issues[0]),
      });
    }
    const reach = { cause: kind === 'Trust' ? 'trust' : 'policy', prefixes: null } as const;
    const changes = [{ kind, name, digest: record.digest, content: record.content, isRemoved: true }];
    try {
      await context.store.transaction(
        async (records) => await writeDocuments(context, records, actor, { revision, changes, reach }),
      );
      return;
    } catch (error) {
      if (!(error instanceof OtherRevision)) {
        throw error;
      }
    }
  }
  throw new DocumentsError('DOCUMENTS_BUSY', 'others change documents all the time', { hint: 'Try again.' });
}

/** Throws `DOCUMENTS_UNUSABLE` for another one that this release does not take: that is mended first. */
async function readOther(record: DocumentRecord, trustFolder: string | null): Promise<InstallationDocument> {
  try {
    return await readStored(record.kind, record.content, keyOf(record), trustFolder);
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    throw new DocumentsError('DOCUMENTS_UNUSABLE', 'another document cannot be used', {
      object: keyOf(record),
      found: messageOf(error),
      cause: error,
    });
  }
}
