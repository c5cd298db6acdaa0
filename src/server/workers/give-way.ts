import type { Job, JobHandler, JobKind } from '#model/platform/job.ts';
import type { JobHandlers } from './context.ts';

/** What decides, and what only says later what was decided. */
const DECIDING: JobKind = 'judge-images';
const WAITING: JobKind = 'attest-image';
/** So long at most: what is due all the time must not put off for ever what waits. */
const LONGEST_MS = 60 * 1000;

/**
 * The same handlers, of which signing waits while this process judges: to sign what is said of an image takes several times what it takes to judge it, on the
 * same processor and the same disk.
 */
export function givingWay(handlers: JobHandlers, longestMs = LONGEST_MS): JobHandlers {
  const { [DECIDING]: decide, [WAITING]: wait } = handlers;
  if (decide === undefined || wait === undefined) {
    return handlers;
  }
  let deciding = 0;
  let over = Promise.withResolvers<void>();
  const decideFirst: JobHandler = async (job, signal) => {
    deciding += 1;
    try {
      await decide(job, signal);
    } finally {
      deciding -= 1;
      if (deciding === 0) {
        over.resolve();
        over = Promise.withResolvers<void>();
      }
    }
  };
  const waitFirst: JobHandler = async (job: Job, signal: AbortSignal) => {
    if (deciding > 0) {
      await eitherOf(over.promise, longestMs, signal);
    }
    signal.throwIfAborted();
    await wait(job, signal);
  };
  return { ...handlers, [DECIDING]: decideFirst, [WAITING]: waitFirst };
}

async function eitherOf(over: Promise<void>, milliseconds: number, signal: AbortSignal): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  const stop = (): void => stopped.resolve();
  const timer = setTimeout(stop, milliseconds);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([over, stopped.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
