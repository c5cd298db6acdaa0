import type { DocumentRecord, Records } from '#model/platform/records.ts';
import { POLICY_KINDS } from '#model/policy.ts';
import type { DocumentsContext } from './context.ts';
import { DocumentsError } from './error.ts';
import type { InstallationDocument } from './kinds.ts';
import { pagesOf } from './stored.ts';

/** Documents that an installation may have: all of them are read where they are used. */
const MAX_DOCUMENTS = 10_000;

/** Throws `DOCUMENTS_TOO_MANY` for more than there may be. Exceptions that time has ended do not count: they make room. */
export function assertRoom(
  { clock, maxDocuments = MAX_DOCUMENTS }: RoomContext,
  documents: readonly InstallationDocument[],
): void {
  const now = clock.now();
  const left = documents.filter((document) => document.kind !== 'Exception' || Date.parse(document.expires) > now);
  if (left.length > maxDocuments) {
    throw tooMany(left.length, maxDocuments);
  }
}

type RoomContext = Pick<DocumentsContext, 'clock' | 'maxDocuments'>;

/**
 * What is to be removed so that there are no more documents than there may be: every exception that time has ended, once there is no room otherwise. Until then
 * they stay, since reports name them. Throws `DOCUMENTS_TOO_MANY` where that is not enough. In the transaction that wrote documents.
 */
export async function expiredAtLimit(
  { clock, maxDocuments: max = MAX_DOCUMENTS }: RoomContext,
  { documents }: Pick<Records, 'documents'>,
  projectId: string,
): Promise<readonly DocumentRecord[]> {
  const now = clock.now();
  const count = await documents.count(projectId, POLICY_KINDS);
  if (count <= max) {
    return [];
  }
  const expired: DocumentRecord[] = [];
  for await (const page of pagesOf(documents, projectId, 'Exception')) {
    expired.push(...page.filter((one) => isExpired(one, now)).map((one) => ({ ...one, isRemoved: true })));
  }
  if (count - expired.length > max) {
    throw tooMany(count - expired.length, max);
  }
  return expired;
}

/** What was written was read before: it is JSON of ours. */
function isExpired({ content }: DocumentRecord, now: number): boolean {
  const { expires } = JSON.parse(content) as { readonly expires?: unknown };
  return typeof expires === 'string' && Date.parse(expires) <= now;
}

function tooMany(found: number, max: number): DocumentsError {
  return new DocumentsError('DOCUMENTS_TOO_MANY', 'too many documents', {
    expected: `at most ${max}`,
    found: String(found),
    hint: 'End exceptions that nobody needs any more, or remove documents.',
  });
}
