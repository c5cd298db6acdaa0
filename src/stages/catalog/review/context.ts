import type { Digest } from '#base/digest.ts';
import type { Log } from '#base/log.ts';
import type { CatalogContext } from '../context.ts';

/** What judging again works with. */
export interface ReviewContext extends Pick<CatalogContext, 'store' | 'clock'> {
  readonly log: Log;
}

/** An image that is to be judged, and why. */
export interface ImageToJudge {
  /** Its name. */
  readonly repository: string;
  readonly digest: Digest;
  readonly cause: string;
  /** See `DueImage`. */
  readonly lease: string;
}

/** Judges one image and writes what came of it. What it throws keeps that image due; what was marked or taken again meanwhile is not its own any more, and it writes nothing. */
export type JudgeImage = (image: ImageToJudge, signal: AbortSignal) => Promise<unknown>;
