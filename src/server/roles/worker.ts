import { randomBytes } from 'node:crypto';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import type { JobHandler } from '#model/platform/job.ts';
import { openCache } from '#store/cache/index.ts';
import { createMeter, type Meter } from '../metrics/meter.ts';
import type { RoleStart } from '../supervisor/messages.ts';
import { createWorker, type JobHandlers, openWorkerParts, schedulesOf, startLanes } from '../workers/index.ts';
import { openStores } from './open-stores.ts';
import { type RunningRole, runRole } from './run-role.ts';

runRole(openWorker);

/** Of 19; analyses are nicer still. */
const NICENESS = 10;

/** Does the jobs: analyses, collection of garbage, the search for damaged bytes. */
async function openWorker({ config, version }: RoleStart): Promise<RunningRole> {
  giveWay();
  const log = await createLog(config.log.level, { fields: { process: 'worker' }, isBuffered: true });
  const clock = systemClock;
  const meter = createMeter('worker');
  const stores = await openStores(config, { clock, log });
  const cache = openCache(join(config.home, 'cache'), { maxBytes: config.worker.cacheBytes, clock });
  const stopping = new AbortController();
  const random = (length: number): Uint8Array => randomBytes(length);
  const context = { ...stores, clock, log, version, random, facts: cache.facts };
  const parts = await openWorkerParts({ ...context, signal: stopping.signal }, config);
  const onReviewed = ({ judged, failed }: { readonly judged: number; readonly failed: number }): void => {
    meter.add('plimsoll_judgements_total', { outcome: 'done' }, judged);
    meter.add('plimsoll_judgements_total', { outcome: 'failed' }, failed);
  };
  const handlers = createWorker({
    ...context,
    ...parts,
    review: { ...parts.review, onReviewed },
    collection: config.collection,
    scrub: { everyMs: config.scrub.everyMs },
    retention: config.retention?.rules ?? [],
  });
  const runner = await startLanes(stores.store.jobs, {
    handlers: measuredHandlers(handlers, meter),
    analyses: config.worker.concurrency,
    schedules: schedulesOf(config),
  });
  return {
    listening: [],
    credential: null,
    measure: async () => await meter.collect(),
    stop: async () => {
      await runner.stop(config.shutdownGraceMs);
      stopping.abort();
      await parts.close();
      await stores.store.close();
      log.flush();
    },
  };
}

/** Nobody waits for a worker as somebody does for an answer: whoever answers comes first, where a machine does both. */
function giveWay(): void {
  try {
    setPriority(NICENESS);
  } catch {
    // A system that does not let it works as well, only less evenly.
  }
}

function measuredHandlers(handlers: JobHandlers, meter: Meter): JobHandlers {
  const measured = Object.entries(handlers).map(([kind, handle]): [string, JobHandler] => [
    kind,
    async (job, signal) => {
      const started = performance.now();
      let outcome = 'failed';
      try {
        await handle(job, signal);
        outcome = 'done';
      } finally {
        meter.add('plimsoll_jobs_done_total', { kind, outcome });
        meter.observe('plimsoll_job_duration_seconds', { kind }, (performance.now() - started) / 1000);
      }
    },
  ]);
  return Object.fromEntries(measured);
}
