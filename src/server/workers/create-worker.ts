import { z } from 'zod';
import { isDigest } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import type { RandomBytes } from '#base/uuid.ts';
import type { Job, JobHandler, JobKind } from '#model/platform/job.ts';
import type { FactsStore } from '#model/ports.ts';
import {
  analyseImage,
  type CatalogContext,
  COLLECT_DEFAULTS,
  collectGarbage,
  expireUploads,
  giveUpOnImage,
  scrubBlobs,
} from '#stages/catalog/index.ts';
import type { ServerContext } from '../context.ts';

export interface WorkerContext extends Pick<ServerContext, 'store' | 'blobs' | 'clock' | 'log'> {
  readonly random: RandomBytes;
  /** What is known of layers: `openCache(join(home, 'cache'), …).facts`. */
  readonly facts: FactsStore;
  /** Of this program. */
  readonly version: string;
  readonly collection: { readonly graceMs: number; readonly uploadMs?: number; readonly untaggedMs?: number | null };
  readonly scrub: { readonly everyMs: number };
}

export type JobHandlers = Readonly<Record<JobKind, JobHandler>>;

/** After so many attempts an image counts as unknown until one succeeds: it may be that workers die of it. */
const PATIENCE = 2;
/** So long a job that failed for good is there to be seen. */
const FAILED_MS = 30 * 24 * 60 * 60 * 1000;
/** Of one run of the scrubber; the next one goes on. */
const SCRUB_BYTES = 64 * 1024 ** 3;
/** Bytes per second that the scrubber reads. */
const SCRUB_RATE = 50 * 1024 ** 2;

const IMAGE = z.object({ repository: z.string(), digest: z.string().refine(isDigest) });
const COLLECTION = z.object({ force: z.boolean().optional(), dryRun: z.boolean().optional() });

/** What a worker does, by kind of job. Each of them may be stopped and done again at any point. */
export function createWorker(context: WorkerContext): JobHandlers {
  const catalog: CatalogContext = context;
  return {
    'analyse-image': (job, signal) => analyse(context, job, signal),
    'collect-garbage': async ({ payload }, signal) => {
      const { force = false, dryRun = false } = COLLECTION.parse(payload);
      const options = { ...COLLECT_DEFAULTS, ...context.collection, force, dryRun, signal };
      const collection = await collectGarbage(catalog, options);
      const failedJobs = dryRun ? 0 : await context.store.jobs.forgetFailed(context.clock.now() - FAILED_MS);
      context.log.info('garbage collected', { ...collection, failedJobs });
    },
    'scrub-blobs': async (_job, signal) => {
      const { log, scrub } = context;
      const options = { freshMs: scrub.everyMs, maxBytes: SCRUB_BYTES, rate: SCRUB_RATE, signal, log };
      const scrubbing = await scrubBlobs(catalog, options);
      context.log[scrubbing.damaged > 0 ? 'error' : 'info']('blobs read again', { ...scrubbing });
    },
    'expire-uploads': async (_job, signal) => {
      const { uploadMs = COLLECT_DEFAULTS.uploadMs } = context.collection;
      const expired = await expireUploads(catalog, { uploadMs, signal });
      context.log.info('uploads expired', expired);
    },
  };
}

async function analyse(
  context: WorkerContext,
  { payload, attempt, maxAttempts }: Job,
  signal: AbortSignal,
): Promise<void> {
  const image = IMAGE.parse(payload);
  const { facts, version, log } = context;
  if (attempt > PATIENCE) {
    await giveUpOnImage(context, image, `${attempt - 1} attempts ended without a result`);
  }
  try {
    const isLastAttempt = attempt >= maxAttempts;
    const became = await analyseImage(context, { ...image, facts, version, isLastAttempt, signal });
    log.info('image analysed', { ...image, became });
  } catch (error) {
    signal.throwIfAborted();
    log.warn('image not analysed', { ...image, attempt, error: messageOf(error) });
    throw error;
  }
}
