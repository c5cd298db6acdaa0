import type { Digest } from '#base/digest.ts';
import { newId } from '#base/uuid.ts';
import { isIndexType } from '#lib/oci/index.ts';
import type { Acquisition, AcquisitionState } from '#model/platform/acquisition.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import type { JudgeContext } from './context.ts';
import type { Derived } from './derive-above.ts';

/** Manifests below one that was acquired. */
const MOST_BELOW = 1024;

/** Ends the acquisitions that brought an image, or an index that it is in, when all of it is decided. What is still being copied goes on. */
export async function endAcquisitions(context: JudgeContext, { repository, digest, origin }: Derived): Promise<void> {
  const { records } = context.store;
  const waiting = (await records.acquisitions.underWay(repository.id, digest)).filter(({ state }) => state === 'judging');
  if (waiting.length === 0) {
    return;
  }
  await context.store.transaction(async (all) => {
    for (const { id } of waiting) {
      const acquisition = await all.acquisitions.find(id);
      if (acquisition?.state === 'judging' && acquisition.digest !== null) {
        const end = await endOf(all, repository, acquisition.digest, origin.environment);
        if (end !== null) {
          await finish(context, all, acquisition, end);
        }
      }
    }
  });
}

interface End {
  readonly state: Extract<AcquisitionState, 'promoted' | 'held'>;
  readonly reason: string;
}

/** Null while something of it is not decided. */
async function endOf(
  records: Records,
  repository: Repository,
  top: Digest,
  deciding: string | null,
): Promise<End | null> {
  const manifest = await records.manifests.find(repository.id, top, null);
  const reasons: string[] = [];
  for (const { digest, name } of await imagesAt(records, repository, top)) {
    const judgements = await records.judgements.ofImage(repository.id, digest);
    if (judgements.length === 0) {
      return null;
    }
    const decided = judgements.find(({ environment }) => environment === deciding);
    if (decided !== undefined && decided.outcome !== 'admitted' && decided.outcome !== 'warned') {
      reasons.push(name === null ? decided.reason : `${name}: ${decided.reason}`);
    }
  }
  const state = manifest?.standing.state ?? null;
  if (state?.lifecycle === 'approved' || state?.lifecycle === 'deprecated') {
    return { state: 'promoted', reason: state.reason };
  }
  const undecided = deciding === null ? 'no environment decides about it: an approver does' : null;
  return { state: 'held', reason: reasons[0] ?? undecided ?? state?.reason ?? 'it is not in the repository any more' };
}

interface ImageAt {
  readonly digest: Digest;
  /** Its platform in the index; null for what is in none. */
  readonly name: string | null;
}

/** The images of platforms at and below a digest that have a state of their own and can be run. */
async function imagesAt(records: Records, repository: Repository, top: Digest): Promise<readonly ImageAt[]> {
  const images: ImageAt[] = [];
  const reached = new Map<Digest, string | null>([[top, null]]);
  for (const [digest, name] of reached) {
    const manifest = await records.manifests.find(repository.id, digest, null);
    if (manifest !== null && isIndexType(manifest.mediaType)) {
      for (const child of await records.manifests.children(repository.id, digest)) {
        if (child.platform !== 'unknown/unknown' && reached.size < MOST_BELOW && !reached.has(child.digest)) {
          reached.set(child.digest, child.platform ?? child.digest);
        }
      }
    } else if (manifest !== null && manifest.governor === digest) {
      images.push({ digest, name });
    }
  }
  return images;
}

async function finish(
  { clock, random }: JudgeContext,
  records: Records,
  { id, version, repository, upstream, reference, digest }: Acquisition,
  { state, reason }: End,
): Promise<void> {
  const now = clock.now();
  if (!(await records.acquisitions.update(id, version, { state, reason, finishedAt: now }, now))) {
    return;
  }
  await records.events.append({
    id: newId(now, random),
    type: 'acquisition.finished.v1',
    subject: `${repository.name}@${digest ?? reference}`,
    actor: 'worker',
    time: now,
    projectId: repository.projectId,
    data: { id, repository: repository.name, upstream, reference, digest, state, reason },
  });
}
