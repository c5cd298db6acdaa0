import { pollSources, runAcquisition } from '#stages/acquire/index.ts';
import type { JobHandlers, WorkerContext } from './context.ts';

/** Taking images from sources, when somebody asks and by schedule. */
export function acquireJobs({ acquire, log }: WorkerContext): Pick<JobHandlers, 'acquire-image' | 'poll-sources'> {
  if (acquire === null) {
    return {};
  }
  return {
    'acquire-image': (job, signal) => runAcquisition(acquire, job, signal),
    'poll-sources': async (_job, signal) => {
      const polled = await pollSources(acquire, signal);
      if (polled.sources + polled.revived > 0) {
        log.info('sources looked at', { ...polled });
      }
    },
  };
}
