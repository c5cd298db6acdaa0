import { isDigest } from '#base/digest.ts';
import { newId } from '#base/uuid.ts';
import { ownerOf } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { AcquireContext, ActiveSources, Taken, UpstreamImage } from './context.ts';
import { AcquireError } from './error.ts';
import { deniedEvent, requestedEvent } from './events.ts';
import { objectionTo } from './history.ts';
import { enqueueAcquisition } from './job.ts';
import { assertMayAcquire, assertMayAcquireSomewhere, isApprover } from './permission.ts';
import { nameOf, parseUpstream, textOf } from './reference.ts';

export interface AcquireRequest {
  /** Of an image in a registry, as people write it. */
  readonly reference: string;
  /** Takes a digest that was held or refused once more. Only for approvers, and only by digest. */
  readonly force?: boolean;
}

/** What an image has that is being taken and was only begun. */
const NO_PROGRESS = { manifests: 0, manifestsDone: 0, blobs: 0, blobsDone: 0, bytes: 0, bytesDone: 0 } as const;

/**
 * Has an image taken by a worker, or joins those who wait for it already: the acquisition that goes on. Throws `ACQUIRE_REFERENCE_INVALID`,
 * `ACQUIRE_OUTSIDE_SOURCES`, `ACQUIRE_DENIED` and `ACQUIRE_DECIDED_BEFORE`.
 */
export async function requestAcquisition(
  context: AcquireContext,
  actor: Subject,
  { reference, force = false }: AcquireRequest,
): Promise<Acquisition> {
  const image = parseUpstream(reference);
  assertMayAcquireSomewhere(actor);
  const active = await context.sources.active();
  const taken = active.sourceFor(image);
  if (taken.kind === 'not-taken') {
    throw await outside(context, actor, image, taken.reason);
  }
  assertMayAcquire(actor, taken.repository);
  if (!(force && isForcedBy(actor, image, taken))) {
    await assertUndecided(context, active, { taken, image });
  }
  const asked = { taken, reference: textOf(image.pointer) };
  return (await beginAcquisition(context, ownerOf(actor), asked)).acquisition;
}

export interface NewAcquisition {
  readonly taken: Taken;
  /** A tag or a digest. */
  readonly reference: string;
}

/** The row, its job and its event in one transaction; or the row that is there already, where somebody was first. */
export async function beginAcquisition(
  context: Pick<AcquireContext, 'store' | 'clock' | 'random'>,
  requestedBy: string,
  { taken, reference }: NewAcquisition,
): Promise<{ readonly acquisition: Acquisition; readonly isNew: boolean }> {
  const { store, clock, random } = context;
  const now = clock.now();
  const id = newId(now, random);
  return await store.transaction(async (records) => {
    const repository = await records.repositories.ensure(taken.repository, now);
    const acquisition = await records.acquisitions.begin({
      id,
      repository,
      source: taken.source.name,
      upstream: nameOf(taken),
      reference,
      digest: isDigest(reference) ? reference : null,
      state: 'waiting',
      reason: '',
      progress: NO_PROGRESS,
      requestedBy,
      requestedAt: now,
      updatedAt: now,
      finishedAt: null,
      version: 1,
    });
    const isNew = acquisition.id === id;
    if (isNew) {
      await enqueueAcquisition(records, acquisition, now);
      await records.events.append(requestedEvent(context, acquisition));
    }
    return { acquisition, isNew };
  });
}

/** Throws `ACQUIRE_DENIED` for whoever may not, and for a tag: nobody knows what that will mean. */
function isForcedBy(actor: Subject, image: UpstreamImage, { repository }: Taken): boolean {
  if ('digest' in image.pointer && isApprover(actor, repository)) {
    return true;
  }
  throw new AcquireError('ACQUIRE_DENIED', 'not allowed', {
    object: `${nameOf(image)}, by force`,
    expected: 'a digest, and the role approver or admin',
    found: 'digest' in image.pointer ? actor.id : `the tag ${image.pointer.tag}`,
  });
}

async function assertUndecided(
  { store }: AcquireContext,
  { changedAt }: ActiveSources,
  { taken, image }: { readonly taken: Taken; readonly image: UpstreamImage },
): Promise<void> {
  if (!('digest' in image.pointer)) {
    return;
  }
  const { digest } = image.pointer;
  const asked = { repository: taken.repository, upstream: nameOf(taken), digest, changedAt };
  const objection = await objectionTo(store.records, asked);
  if (objection !== null) {
    throw new AcquireError('ACQUIRE_DECIDED_BEFORE', objection.reason, {
      object: `${nameOf(taken)}@${digest}`,
      hint: 'An approver may ask for it once more, by force; otherwise a change of policy, exceptions or trust has to come first.',
    });
  }
}

async function outside(
  context: AcquireContext,
  actor: Subject,
  image: UpstreamImage,
  reason: string,
): Promise<AcquireError> {
  const upstream = nameOf(image);
  const denied = { actor: actor.id, upstream, reference: textOf(image.pointer), reason };
  await context.store.records.events.append(deniedEvent(context, denied));
  return new AcquireError('ACQUIRE_OUTSIDE_SOURCES', reason, { object: upstream });
}
