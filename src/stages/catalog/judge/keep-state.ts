import type { Digest } from '#base/digest.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import type { ImageState } from '#model/platform/state.ts';
import { type CatalogContext, repositoryEvent } from '../context.ts';

/** As `keepApproval`, of the state. Another reason for the same state is told by what was judged. */
export async function keepState(
  context: Pick<CatalogContext, 'clock' | 'random'>,
  records: Records,
  { repository, digest }: { readonly repository: Repository; readonly digest: Digest },
  { state, next }: { readonly state: ImageState; readonly next: ImageState },
): Promise<boolean> {
  if (!(await records.manifests.setState(repository.id, digest, state.lifecycle, next))) {
    return false;
  }
  if (state.lifecycle !== next.lifecycle) {
    const data = { digest, from: state.lifecycle, to: next.lifecycle, reason: next.reason };
    await records.events.append(
      repositoryEvent(context, repository, digest, { type: 'image.state-changed.v1', actor: next.by, data }),
    );
  }
  return true;
}
