import type { Digest } from '#base/digest.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import type { Approval } from '#model/platform/state.ts';
import { type CatalogContext, repositoryEvent } from '../context.ts';

/** Writes what an image is approved by from now on, and tells of it. False where somebody decided at this moment: their word counts, and it has to be looked at again. */
export async function keepApproval(
  context: Pick<CatalogContext, 'clock' | 'random'>,
  records: Records,
  { repository, digest }: { readonly repository: Repository; readonly digest: Digest },
  { before, after }: { readonly before: Approval | null; readonly after: Approval },
): Promise<boolean> {
  if (!(await records.manifests.replaceApproval(repository, digest, before, after))) {
    return false;
  }
  const { environment, decision, reason, validUntil, decidedBy: actor } = after;
  const data = { digest, environment, decision, reason, validUntil };
  await records.events.append(
    repositoryEvent(context, repository, digest, { type: 'image.approval-changed.v1', actor, data }),
  );
  return true;
}
