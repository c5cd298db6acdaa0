import type { RandomBytes } from '#base/uuid.ts';
import type { JobHandler, JobKind } from '#model/platform/job.ts';
import type { FactsStore } from '#model/ports.ts';
import type { JudgeImage } from '#stages/catalog/index.ts';
import type { ServerContext } from '../context.ts';

export interface WorkerContext extends Pick<ServerContext, 'store' | 'blobs' | 'clock' | 'log'> {
  readonly random: RandomBytes;
  /** What is known of layers: `openCache(join(home, 'cache'), …).facts`. */
  readonly facts: FactsStore;
  /** Of this program. */
  readonly version: string;
  readonly collection: { readonly graceMs: number; readonly uploadMs?: number; readonly untaggedMs?: number | null };
  readonly scrub: { readonly everyMs: number };
  /** Null for a worker that judges nothing. */
  readonly judge: JudgeImage | null;
}

export type JobHandlers = Readonly<Partial<Record<JobKind, JobHandler>>>;
