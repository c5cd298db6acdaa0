import { messageOf } from '#base/error.ts';
import type { DueImage } from '#model/platform/judgement.ts';
import { askForReview, LANES } from './ask.ts';
import type { ImageToJudge, JudgeImage, ReviewContext } from './context.ts';

export interface ReviewOptions {
  readonly judge: JudgeImage;
  /** What has to be known before what was just taken is judged: whoever marked it said so before. What it throws ends the turn, and nothing is judged. */
  readonly prepare?: () => Promise<void>;
  /** Which of those who judge at once this is; 0 is the first. */
  readonly lane: number;
  readonly signal: AbortSignal;
  /** Images that are taken at once: what is more urgent waits for so many. */
  readonly batch?: number;
  /** How long nobody else gets what was taken, milliseconds: what fails, and what a lost worker had, waits so long. */
  readonly leaseMs?: number;
  /** When to give way to others, and to go on later; milliseconds. */
  readonly turnMs?: number;
}

/** What became of the images of one turn. */
export interface Reviewed {
  readonly judged: number;
  /** They stay due, and are tried again when their lease is over. */
  readonly failed: number;
  /** Whether there is nothing more to be had. */
  readonly isDone: boolean;
}

const BATCH = 32;
const LEASE_MS = 5 * 60 * 1000;
const TURN_MS = 30 * 1000;

/**
 * Judges images that are due, those that run first, until there are no more or the turn is over; then it asks for another one. One image that fails is told and
 * holds up nobody: it stays leased, and comes again after that. Where there is more than one worker can do at once, others are asked to join.
 */
export async function reviewDue(context: ReviewContext, options: ReviewOptions): Promise<Reviewed> {
  const { batch = BATCH, turnMs = TURN_MS, lane, signal } = options;
  const { store, clock } = context;
  const until = clock.now() + turnMs;
  let judged = 0;
  let failed = 0;
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted();
    const takenAt = clock.now();
    const leasedUntil = takenAt + (options.leaseMs ?? LEASE_MS);
    const images = await store.records.judgements.take(batch, takenAt, leasedUntil);
    if (isFirst && images.length === batch && lane + 1 < LANES) {
      await askForReview(store.records, takenAt, lane + 1);
    }
    if (images.length > 0) {
      await prepareFor(context, options, images);
    }
    for (const image of images) {
      // Somebody else may have it from then on.
      if (clock.now() < leasedUntil) {
        const isJudged = await judgeOne(context, options, image);
        judged += isJudged ? 1 : 0;
        failed += isJudged ? 0 : 1;
      }
    }
    if (images.length < batch) {
      return { judged, failed, isDone: true };
    }
    if (clock.now() >= until) {
      await askForReview(store.records, clock.now(), lane);
      return { judged, failed, isDone: false };
    }
  }
}

/** What cannot be prepared for is left to others at once. */
async function prepareFor(
  { store }: ReviewContext,
  { prepare }: ReviewOptions,
  images: readonly DueImage[],
): Promise<void> {
  try {
    await prepare?.();
  } catch (error) {
    for (const lease of new Set(images.map((image) => image.lease))) {
      await store.records.judgements.giveBack(lease);
    }
    throw error;
  }
}

async function judgeOne(
  { store, log }: ReviewContext,
  { judge, signal }: ReviewOptions,
  { repository, digest, cause, lease }: DueImage,
): Promise<boolean> {
  const image: ImageToJudge = { repository: repository.name, digest, cause, lease };
  try {
    await judge(image, signal);
    await store.records.judgements.done(repository.id, digest, lease);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    log.warn('image not judged', { repository: repository.name, digest, cause, error: messageOf(error) });
    return false;
  }
}
