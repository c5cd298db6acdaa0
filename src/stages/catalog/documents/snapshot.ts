import type { DocumentRecord } from '#model/platform/records.ts';
import type { DocumentsContext } from './context.ts';
import { DocumentsError } from './error.ts';
import { revisionOf, storedOf } from './stored.ts';

/** How often the documents are read while others change them. */
const MAX_READS = 10;

/** Documents of one revision: read again while somebody changes them. */
export async function snapshot({ store }: Pick<DocumentsContext, 'store'>): Promise<{
  readonly projectId: string | null;
  readonly revision: number;
  readonly changedAt: number;
  readonly stored: readonly DocumentRecord[];
}> {
  for (let count = 0; count < MAX_READS; count += 1) {
    const found = await revisionOf(store.records);
    const stored = await storedOf(store.records, found.projectId);
    if ((await revisionOf(store.records)).revision === found.revision) {
      return { ...found, stored };
    }
  }
  throw new DocumentsError('DOCUMENTS_BUSY', 'the documents change all the time', { hint: 'Try again.' });
}
