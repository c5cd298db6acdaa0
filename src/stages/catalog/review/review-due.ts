import { messageOf } from '#base/error.ts';
import type { DueImage } from '#model/platform/judgement.ts';
import { askForReview, LANES } from './ask.ts';
import type { ImageToJudge, JudgeImage, ReviewContext } from './context.ts';

export interface ReviewOptions {
  readonly judge: JudgeImage;
  /** What has to be known before what was just taken is judged: whoever marked it said so before. False where it cannot be had here: it is left to others. */
  readonly prepare?: () => Promise<boolean>;
  /** Which of those who judge at once this is; 0 is the first. */
  readonly lane: number;
  readonly signal: AbortSignal;
  /** Images that are taken at once: what is more urgent waits for so many. */
  readonly batch?: number;
  /** Of these so many are judged side by side, 1 when not said. */
  readonly atOnce?: number;
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
/** How long who cannot judge leaves it to others before it tries again. */
const BEHIND_MS = 10 * 1000;

/**
 * Judges images that are due, those that run first, until there are no more or the turn is over; then it asks for another one. One image that fails is told and
 * holds up nobody: it stays leased, and comes again after that. Where there is more than one worker can do at once, others are asked to join.
 */
export async function reviewDue(context: ReviewContext, options: ReviewOptions): Promise<Reviewed> {
  const { batch = BATCH, atOnce = 1, turnMs = TURN_MS, lane, signal } = options;
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
    if (!(await prepareFor(context, options, images))) {
      await askForReview(store.records, clock.now(), lane, clock.now() + BEHIND_MS);
      return { judged, failed, isDone: false };
    }
    try {
      for (let start = 0; start < images.length; start += atOnce) {
        // Somebody else may have them from then on.
        if (clock.now() < leasedUntil) {
          const some = images.slice(start, start + atOnce);
          const done = await judgeSome(context, options, some);
          judged += done;
          failed += some.length - done;
        }
      }
    } catch (error) {
      // Somebody stops: what is left is anybody's at once.
      await giveBack(context, images);
      throw error;
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

/** What cannot be prepared for, false, is left to others at once. */
async function prepareFor(
  context: ReviewContext,
  { prepare }: ReviewOptions,
  images: readonly DueImage[],
): Promise<boolean> {
  const [first] = images;
  if (first === undefined || prepare === undefined) {
    return true;
  }
  let isPrepared = false;
  try {
    isPrepared = await prepare();
  } finally {
    if (!isPrepared) {
      await giveBack(context, images);
    }
  }
  return isPrepared;
}

async function giveBack({ store }: ReviewContext, [first]: readonly DueImage[]): Promise<void> {
  if (first !== undefined) {
    await store.records.judgements.giveBack(first.lease);
  }
}

/** How many of them were. */
async function judgeSome(context: ReviewContext, options: ReviewOptions, images: readonly DueImage[]): Promise<number> {
  const { store } = context;
  const tried = await Promise.all(
    images.map(async (image) => {
      const isJudged = await attempt(context, options, image, () => options.judge(toJudge(image), options.signal));
      return isJudged ? [image] : [];
    }),
  );
  const judged = tried.flat();
  const [first] = judged;
  if (first === undefined) {
    return 0;
  }
  const done = judged.map(({ repository, digest }) => ({ repositoryId: repository.id, digest }));
  const settle = async (): Promise<void> => await store.records.judgements.done(done, first.lease);
  return (await attempt(context, options, first, settle)) ? judged.length : 0;
}

function toJudge({ repository, digest, cause, lease }: DueImage): ImageToJudge {
  return { repository: repository.name, digest, cause, lease };
}

/** What fails stays leased, unless it fails since somebody stops. */
async function attempt(
  { log }: ReviewContext,
  { signal }: ReviewOptions,
  { repository, digest, cause }: DueImage,
  work: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    signal.throwIfAborted();
    log.warn('image not judged', { repository: repository.name, digest, cause, error: messageOf(error) });
    return false;
  }
}
