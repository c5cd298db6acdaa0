import { z } from 'zod';
import { reviewDue } from '#stages/catalog/index.ts';
import type { JobHandlers, WorkerContext } from './context.ts';

/** A job of the schedule names no lane: it is the first. */
const REVIEW = z.object({ lane: z.int().min(0).optional() });

/** Judging what changed, and what time changed. */
export function reviewJobs(context: WorkerContext): Pick<JobHandlers, 'judge-images'> {
  const { judge, log } = context;
  if (judge === null) {
    return {};
  }
  return {
    'judge-images': async ({ payload }, signal) => {
      const { lane = 0 } = REVIEW.parse(payload);
      const reviewed = await reviewDue(context, { judge, lane, signal });
      if (reviewed.judged + reviewed.failed > 0) {
        log.info('images judged', { lane, ...reviewed });
      }
    },
  };
}
