import type { Digest } from '#base/digest.ts';
import { AppError, quote } from '#base/error.ts';
import { decide } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import { type CatalogContext, repositoryEvent } from './context.ts';

export type RestoreErrorCode =
  /** The subject may not restore what was deleted in this repository. */
  | 'RESTORE_DENIED'
  /** It was not deleted, or it was collected since. */
  | 'RESTORE_NOT_DELETED';

class RestoreError extends AppError<RestoreErrorCode> {}

/**
 * Brings back a manifest that was deleted and not collected yet, with those of its tags that nobody took since. It is in the state
 * in which it was deleted. Throws `RestoreError`.
 */
export async function restoreImage(
  context: CatalogContext,
  actor: Subject,
  { repository: name, digest }: { readonly repository: string; readonly digest: Digest },
): Promise<void> {
  const decision = decide(actor, 'delete', { repository: name });
  if (decision.kind === 'no') {
    throw new RestoreError('RESTORE_DENIED', 'not allowed', { object: quote(name), found: decision.message });
  }
  await context.store.transaction(async (records) => {
    const repository = await records.repositories.find(name);
    if (repository === null || !(await records.trash.restore(repository.id, digest, context.clock.now()))) {
      throw new RestoreError('RESTORE_NOT_DELETED', 'nothing to restore', {
        object: `${quote(name)}, ${digest}`,
        expected: 'a manifest that was deleted and not collected yet',
        found: 'none',
      });
    }
    const event = { type: 'image.restored.v1', actor: actor.id, data: { digest } } as const;
    await records.events.append(repositoryEvent(context, repository, digest, event));
  });
}
