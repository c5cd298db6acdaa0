import type { Digest } from '#base/digest.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Records } from '#model/platform/records.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import { type DocumentsContext, documentEvent } from './context.ts';
import { keyOf } from './kinds.ts';
import { expiredAtLimit } from './room.ts';
import { newestRevision, nextRevision } from './stored.ts';

/** A document that is written, or removed. */
export interface DocumentChange {
  readonly kind: string;
  readonly name: string;
  readonly digest: Digest;
  readonly content: string;
  readonly isRemoved: boolean;
}

/** Whose images may be decided about otherwise by a change, and why. */
export interface ChangeReach {
  readonly cause: 'policy' | 'exception' | 'trust';
  /** What the names of their repositories begin with; null for all. */
  readonly prefixes: readonly string[] | null;
}

/** Undoes the transaction that it is thrown in: the documents are not those any more that were checked. */
export class OtherRevision extends Error {}

/**
 * Writes documents that were checked with all others of a revision, with their events, and marks the images that they may be about. Their numbers, in
 * their order. Exceptions that time has ended go where there is no room otherwise. Throws `OtherRevision` when others changed documents since, and
 * `DOCUMENTS_TOO_MANY`.
 */
export async function writeDocuments(
  context: DocumentsContext,
  records: Records,
  actor: Subject,
  {
    revision,
    changes,
    reach,
  }: {
    readonly revision: number;
    readonly changes: readonly DocumentChange[];
    readonly reach: ChangeReach;
  },
): Promise<readonly number[]> {
  const now = context.clock.now();
  const projectId = await records.documents.ensureProject(INSTALLATION, now);
  if (!(await nextRevision(records, projectId, { revision, by: actor.id, now }))) {
    throw new OtherRevision();
  }
  const numbers: number[] = [];
  for (const change of changes) {
    numbers.push(await writeOne(context, records, actor, { projectId, change, now }));
  }
  if (changes.some(({ isRemoved }) => !isRemoved)) {
    for (const change of await expiredAtLimit(context, records, projectId)) {
      await writeOne(context, records, actor, { projectId, change, now });
    }
  }
  await records.judgements.mark({ kind: 'repositories', prefixes: reach.prefixes }, reach.cause, now);
  await context.askForReview(records, now);
  return numbers;
}

async function writeOne(
  context: DocumentsContext,
  records: Records,
  actor: Subject,
  { projectId, change, now }: { readonly projectId: string; readonly change: DocumentChange; readonly now: number },
): Promise<number> {
  const { kind, name, digest, isRemoved } = change;
  const revision = (await newestRevision(records, projectId, kind, name)) + 1;
  if (!(await records.documents.write(projectId, { ...change, revision, createdAt: now, createdBy: actor.id }))) {
    throw new OtherRevision();
  }
  await records.events.append(
    documentEvent(context, projectId, {
      type: 'document.changed.v1',
      actor: actor.id,
      subject: keyOf(change),
      data: { kind, name, revision, digest: isRemoved ? null : digest },
    }),
  );
  return revision;
}
