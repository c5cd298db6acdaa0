import { acquireJobs } from './acquire-jobs.ts';
import { analysisJobs } from './analysis-jobs.ts';
import type { JobHandlers, WorkerContext } from './context.ts';
import { givingWay } from './give-way.ts';
import { reviewJobs } from './review-jobs.ts';
import { upkeepJobs } from './upkeep-jobs.ts';

/** What a worker does, by kind of job. Each of them may be stopped and done again at any point. */
export function createWorker(context: WorkerContext): JobHandlers {
  return givingWay({
    ...analysisJobs(context),
    ...upkeepJobs(context),
    ...acquireJobs(context),
    ...reviewJobs(context),
  });
}
