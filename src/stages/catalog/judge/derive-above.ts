import type { Digest } from '#base/digest.ts';
import type { Derived, JudgeContext } from './context.ts';
import { deriveIndex } from './derive-index.ts';
import { endAcquisitions } from './end-acquisitions.ts';

/** Indexes inside each other that are followed upwards. */
const MOST_ABOVE = 256;

/**
 * What follows for the indexes above an image, and itself if it is one, and for what brought it. Each in a transaction of its own that begins after the image's: of
 * two platforms that are judged at the same time, whoever comes last sees both.
 */
export async function deriveAbove(context: JudgeContext, derived: Derived, isIndex: boolean): Promise<void> {
  const { repository, digest } = derived;
  const reached = new Set<Digest>([digest]);
  for (const one of reached) {
    if (one !== digest || isIndex) {
      await deriveIndex(context, { ...derived, digest: one });
    }
    for (const parent of await context.store.records.manifests.parents(repository.id, one)) {
      if (reached.size < MOST_ABOVE) {
        reached.add(parent.digest);
      }
    }
  }
  await endAcquisitions(context, derived);
}
