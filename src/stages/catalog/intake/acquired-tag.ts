import { type Digest, isDigest } from '#base/digest.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { Records } from '#model/platform/records.ts';
import type { ImageState } from '#model/platform/state.ts';
import { type CatalogContext, repositoryEvent } from '../context.ts';
import { keptTag } from '../details/immutable-tags.ts';
import { digestInTag } from '../governor.ts';

/**
 * Whether a tag may mean a digest from now on, as far as those are concerned who pull it: what is served goes on being served until the other one
 * is served as well. A tag that is new, or means what nobody may pull, is moved at once.
 */
export async function mayMoveTag(
  { records }: { readonly records: Records },
  repository: string,
  tag: string,
  digest: Digest,
): Promise<boolean> {
  // What hangs on an image goes where that goes.
  if (digestInTag(tag) !== null) {
    return true;
  }
  const now = await records.manifests.resolve(repository, { tag }, null);
  if (now === null || now.digest === digest || !isServed(now.standing.state)) {
    return true;
  }
  const next = await records.manifests.resolve(repository, { digest }, null);
  return next !== null && isServed(next.standing.state);
}

/**
 * Makes the tag that was asked for mean what came, once that is let out of quarantine. In the transaction that ends the acquisition; does nothing for one
 * by digest, and for a tag that a rule keeps as it is.
 */
export async function moveAcquiredTag(
  context: Pick<CatalogContext, 'clock' | 'random'>,
  records: Records,
  { repository, reference, digest, source }: Pick<Acquisition, 'repository' | 'reference' | 'digest' | 'source'>,
): Promise<void> {
  if (digest === null || isDigest(reference)) {
    return;
  }
  const by = `source:${source}`;
  const meant = await records.manifests.resolve(repository.name, { tag: reference }, null);
  if (meant !== null && meant.digest !== digest && (await keptTag(records, repository, [reference])) !== null) {
    return;
  }
  const previous = await records.tags.set(repository, reference, digest, by, context.clock.now());
  if (previous !== digest) {
    const data = { tag: reference, digest, previous };
    await records.events.append(
      repositoryEvent(context, repository, reference, { type: 'tag.moved.v1', actor: by, data }),
    );
  }
}

function isServed(state: ImageState | null): boolean {
  return state?.lifecycle === 'approved' || state?.lifecycle === 'deprecated';
}
