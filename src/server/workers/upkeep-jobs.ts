import { z } from 'zod';
import {
  applyRetention,
  brokenRules,
  COLLECT_DEFAULTS,
  collectGarbage,
  expireUploads,
  scrubBlobs,
} from '#stages/catalog/index.ts';
import type { JobHandlers, WorkerContext } from './context.ts';

/** So long a job that failed for good is there to be seen. */
const FAILED_MS = 30 * 24 * 60 * 60 * 1000;
/** Of one run of the scrubber; the next one goes on. */
const SCRUB_BYTES = 64 * 1024 ** 3;
/** Bytes per second that the scrubber reads. */
const SCRUB_RATE = 50 * 1024 ** 2;

const COLLECTION = z.object({ force: z.boolean().optional(), dryRun: z.boolean().optional() });

/** What keeps the stores in order. */
export function upkeepJobs(
  context: WorkerContext,
): Required<Pick<JobHandlers, 'apply-retention' | 'collect-garbage' | 'scrub-blobs' | 'expire-uploads'>> {
  return {
    'apply-retention': async (_job, signal) => {
      const { retention: rules = [], log } = context;
      for (const rule of await brokenRules(rules)) {
        log.warn('a rule for keeping has a pattern of tags that is none', { rule });
      }
      const { gone, kept } = await applyRetention(context, { rules, dryRun: false, signal });
      log.info('rules for keeping applied', { gone, kept });
    },
    'collect-garbage': async ({ payload }, signal) => {
      const { force = false, dryRun = false } = COLLECTION.parse(payload);
      const options = { ...COLLECT_DEFAULTS, ...context.collection, force, dryRun, signal };
      const collection = await collectGarbage(context, options);
      const failedJobs = dryRun ? 0 : await context.store.jobs.forgetFailed(context.clock.now() - FAILED_MS);
      context.log.info('garbage collected', { ...collection, failedJobs });
    },
    'scrub-blobs': async (_job, signal) => {
      const { log, scrub } = context;
      const options = { freshMs: scrub.everyMs, maxBytes: SCRUB_BYTES, rate: SCRUB_RATE, signal, log };
      const scrubbing = await scrubBlobs(context, options);
      context.log[scrubbing.damaged > 0 ? 'error' : 'info']('blobs read again', { ...scrubbing });
    },
    'expire-uploads': async (_job, signal) => {
      const { uploadMs = COLLECT_DEFAULTS.uploadMs } = context.collection;
      const expired = await expireUploads(context, { uploadMs, signal });
      context.log.info('uploads expired', expired);
      await expireKeys(context, signal);
    },
  };
}

const KEYS_AT_ONCE = 1000;

/** Answers that are kept for a client that asks again. */
async function expireKeys({ store, clock }: WorkerContext, signal: AbortSignal): Promise<void> {
  let expired = KEYS_AT_ONCE;
  while (expired === KEYS_AT_ONCE && !signal.aborted) {
    expired = await store.records.idempotency.expire(clock.now(), KEYS_AT_ONCE);
  }
}
