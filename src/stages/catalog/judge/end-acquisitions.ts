import type { Digest } from '#base/digest.ts';
import { newId } from '#base/uuid.ts';
import { parsePushedManifest } from '#lib/oci/index.ts';
import { WORKER } from '#model/platform/access.ts';
import type { Acquisition, AcquisitionState } from '#model/platform/acquisition.ts';
import type { Judgement } from '#model/platform/judgement.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import { cannotRun } from '../governor.ts';
import { moveAcquiredTag } from '../intake/acquired-tag.ts';
import type { Derived, JudgeContext } from './context.ts';
import { NOT_TRUSTED } from './outcome.ts';

/** Manifests below one that was acquired. */
const MOST_BELOW = 1024;

/** Ends the acquisitions that brought an image, or an index that it is in, when all of it is decided. What is still being copied goes on. */
export async function endAcquisitions(context: JudgeContext, { repository, digest, origin }: Derived): Promise<void> {
  const { records } = context.store;
  const waiting = (await records.acquisitions.underWay(repository.id, digest)).filter(
    ({ state }) => state === 'judging',
  );
  if (waiting.length === 0) {
    return;
  }
  for (const { id, digest: top } of waiting) {
    const images = top === null ? [] : await imagesAt(context, repository, top);
    await context.store.transaction(async (all) => {
      const acquisition = await all.acquisitions.find(id);
      if (acquisition?.state === 'judging' && acquisition.digest !== null) {
        const end = await endOf(all, acquisition, images, { deciding: origin.environment, justJudged: digest });
        if (end !== null) {
          await finish(context, all, acquisition, end);
        }
      }
    });
  }
}

interface End {
  readonly state: Extract<AcquisitionState, 'promoted' | 'held' | 'refused'>;
  readonly reason: string;
}

/** Null while something of it is not decided. */
async function endOf(
  records: Records,
  { repository, digest: top }: Acquisition,
  images: readonly ImageAt[],
  { deciding, justJudged }: { readonly deciding: string | null; readonly justJudged: Digest },
): Promise<End | null> {
  const manifest = top === null ? null : await records.manifests.find(repository.id, top, null);
  const reasons: string[] = [];
  for (const { digest, name } of images) {
    const judgements = await records.judgements.ofImage(repository.id, digest);
    if (judgements.length === 0 || (digest !== justJudged && (await isStale(records, repository, judgements)))) {
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
  const refusal = reasons.find((reason) => reason.includes(NOT_TRUSTED));
  if (refusal !== undefined) {
    return { state: 'refused', reason: refusal };
  }
  const undecided = deciding === null ? 'no environment decides about it: an approver does' : null;
  if (images.length === 0) {
    return { state: 'held', reason: 'nothing of it can be run, so that no policy judges it: an approver has to' };
  }
  return { state: 'held', reason: reasons[0] ?? undecided ?? state?.reason ?? 'it is not in the repository any more' };
}

/** Whether it is to be judged again: what was said before then does not count. Whoever judges it at this moment may have written it already. */
async function isStale({ judgements }: Records, repository: Repository, said: readonly Judgement[]): Promise<boolean> {
  const [one] = said;
  const since = one === undefined ? null : await judgements.dueSince(repository.id, one.digest);
  return since !== null && said.some(({ judgedAt }) => judgedAt < since);
}

interface ImageAt {
  readonly digest: Digest;
  /** Its platform in the index; null for what is in none. */
  readonly name: string | null;
}

/** The images of platforms at and below a digest that have a state of their own and can be run. */
async function imagesAt(context: JudgeContext, repository: Repository, top: Digest): Promise<readonly ImageAt[]> {
  const { manifests } = context.store.records;
  const images: ImageAt[] = [];
  const reached = new Map<Digest, string | null>([[top, null]]);
  for (const [digest, name] of reached) {
    const manifest = await manifests.resolve(repository.name, { digest }, null);
    if (manifest === null || manifest.governor !== digest) {
      continue;
    }
    const parsed = parsePushedManifest(manifest.content, manifest.mediaType, `manifest ${digest}`);
    if (parsed.kind === 'index') {
      for (const child of parsed.references) {
        if (child.platform !== 'unknown/unknown' && reached.size < MOST_BELOW && !reached.has(child.digest)) {
          reached.set(child.digest, child.platform ?? child.digest);
        }
      }
    } else if (!(await cannotRun(context, repository, parsed))) {
      images.push({ digest, name });
    }
  }
  return images;
}

async function finish(
  { clock, random }: JudgeContext,
  records: Records,
  { id, version, repository, upstream, reference, digest, source }: Acquisition,
  { state, reason }: End,
): Promise<void> {
  const now = clock.now();
  if (!(await records.acquisitions.update(id, version, { state, reason, finishedAt: now }, now))) {
    return;
  }
  if (state === 'promoted') {
    await moveAcquiredTag({ clock, random }, records, { repository, reference, digest, source });
  }
  await records.events.append({
    id: newId(now, random),
    type: 'acquisition.finished.v1',
    subject: `${repository.name}@${digest ?? reference}`,
    actor: WORKER.id,
    time: now,
    projectId: repository.projectId,
    data: { id, repository: repository.name, upstream, reference, digest, state, reason },
  });
}
