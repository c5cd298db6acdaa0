import type { Digest } from '#base/digest.ts';
import type { RandomBytes } from '#base/uuid.ts';
import type { JobHandler, JobKind } from '#model/platform/job.ts';
import type { FactsStore } from '#model/ports.ts';
import type { CopyContext } from '#stages/acquire/index.ts';
import type { AdvisoriesContext, JudgeImage, RetentionRule, Reviewed } from '#stages/catalog/index.ts';
import type { ServerContext } from '../context.ts';

export interface WorkerContext extends Pick<ServerContext, 'store' | 'blobs' | 'clock' | 'log'> {
  readonly random: RandomBytes;
  /** What is known of layers: `openCache(join(home, 'cache'), …).facts`. */
  readonly facts: FactsStore;
  /** Of this program. */
  readonly version: string;
  readonly collection: { readonly graceMs: number; readonly uploadMs?: number; readonly untaggedMs?: number | null };
  readonly scrub: { readonly everyMs: number };
  /** Rules for what is deleted by itself; none when not said. */
  readonly retention?: readonly RetentionRule[];
  /** Null for a worker that judges nothing. */
  readonly review: ReviewParts | null;
  /** Null for a worker that takes nothing from sources. */
  readonly acquire: CopyContext | null;
}

export interface ReviewParts {
  readonly judge: JudgeImage;
  /** Images that are judged side by side, see `reviewDue`. */
  readonly atOnce?: number;
  /** Told what became of the images of a turn. */
  readonly onReviewed?: (reviewed: Pick<Reviewed, 'judged' | 'failed'>) => void;
  /** Signs what is known of an image, and attaches it. */
  readonly attest: (
    image: { readonly repository: string; readonly digest: Digest },
    signal: AbortSignal,
  ) => Promise<unknown>;
  /** Names of the environments that there are, and the revision of the documents that say so. */
  readonly environments: () => Promise<{ readonly names: readonly string[]; readonly revision: number }>;
  readonly advisories: Pick<AdvisoriesContext, 'home' | 'advisories'>;
  /** Sees to it that images are judged by the files of trust that there are now. */
  readonly trust?: { run(): Promise<void> };
}

export type JobHandlers = Readonly<Partial<Record<JobKind, JobHandler>>>;
