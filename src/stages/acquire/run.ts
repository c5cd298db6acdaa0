import { type Digest, isDigest } from '#base/digest.ts';
import { isAppError, messageOf } from '#base/error.ts';
import type { Job } from '#model/platform/job.ts';
import { AcquisitionRow, isCopied } from './acquisition-row.ts';
import type { ActiveSources, CopyContext, Taken } from './context.ts';
import { copyImage } from './copy.ts';
import { AcquireError } from './error.ts';
import { failureOf } from './failure.ts';
import { objectionTo } from './history.ts';
import { acquisitionOf } from './job.ts';
import { digestOf } from './resolve.ts';

/**
 * Takes an image: what it means upstream, what was decided about it before, all that belongs to it, and then it is to be judged. Every step may be done
 * again; whoever goes on after a death fetches only what is not here. What upstream does wrong ends the acquisition, with the reason in its row; what may
 * be better later is thrown, and tried again as often as the job allows.
 */
export async function runAcquisition(context: CopyContext, job: Job, signal: AbortSignal): Promise<void> {
  const id = acquisitionOf(job);
  const found = id === null ? null : await context.store.records.acquisitions.find(id);
  if (found === null || !isCopied(found)) {
    return;
  }
  const row = new AcquisitionRow(context, found);
  try {
    await take(context, row, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isAppError(error) && error.code === 'ACQUIRE_TAKEN_OVER') {
      return;
    }
    await tell(context, row, job, error);
  }
}

async function take(context: CopyContext, row: AcquisitionRow, signal: AbortSignal): Promise<void> {
  const active = await context.sources.active();
  const taken = stillTaken(active, row);
  if (typeof taken === 'string') {
    await row.end('refused', taken);
    return;
  }
  await row.change({ state: 'copying', reason: '' });
  const upstream = await context.openUpstream(taken);
  try {
    const digest = row.current.digest ?? (await digestOf(upstream, row.current.reference, signal));
    if (row.current.digest === null) {
      await row.change({ digest });
    }
    // Who asks for a digest was told at once, or is an approver who wants it all the same.
    if (!isDigest(row.current.reference) && (await isDecided(context, active, row, digest))) {
      return;
    }
    await copyImage(context, { row, taken, upstream, digest }, signal);
  } finally {
    upstream.close();
  }
}

/** The documents may have changed since it was asked for; otherwise why not. */
function stillTaken(active: ActiveSources, { current }: AcquisitionRow): Taken | string {
  const { reference, repository } = current;
  const pointer = isDigest(reference) ? { digest: reference } : { tag: reference };
  const taken = active.upstreamOf(repository.name, pointer);
  if (taken?.kind === 'taken' && `${taken.registry}/${taken.path}` === current.upstream) {
    return taken;
  }
  return taken?.kind === 'not-taken' ? taken.reason : 'no source takes it any more';
}

async function isDecided(
  { store }: CopyContext,
  { changedAt }: ActiveSources,
  row: AcquisitionRow,
  digest: Digest,
): Promise<boolean> {
  const { repository, upstream } = row.current;
  const asked = { repository: repository.name, upstream, digest, changedAt };
  const objection = await objectionTo(store.records, asked);
  if (objection === null) {
    return false;
  }
  await row.end(objection.state, objection.reason);
  return true;
}

/** In the row in every case; thrown when it is worth another attempt. */
async function tell({ log }: CopyContext, row: AcquisitionRow, job: Job, error: unknown): Promise<void> {
  const { attempt, maxAttempts } = job;
  const { isPermanent, reason } = failureOf(error);
  const { id, upstream, reference } = row.current;
  log.warn('image not acquired', { acquisition: id, upstream, reference, attempt, error: messageOf(error) });
  try {
    if (isPermanent || attempt >= maxAttempts) {
      await row.end('failed', reason);
      return;
    }
    await row.change({ reason: `attempt ${attempt} of ${maxAttempts}: ${reason}` });
  } catch (failure) {
    if (failure instanceof AcquireError) {
      return;
    }
    throw failure;
  }
  throw error;
}
