import { z } from 'zod';
import { isDigest } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { CatchUp, retire, reviewDue, updateAdvisories } from '#stages/catalog/index.ts';
import type { JobHandlers, ReviewParts, WorkerContext } from './context.ts';

type Kind = 'judge-images' | 'attest-image' | 'update-advisories' | 'retire-image';

/** A job of the schedule names no lane: it is the first. */
const REVIEW = z.object({ lane: z.int().min(0).optional() });
const IMAGES = z.object({ images: z.string() });
const LIST = z.array(z.object({ repository: z.string(), digest: z.string().refine(isDigest) }));
const RETIREMENT = z.object({ repository: z.string(), digest: z.string().refine(isDigest), since: z.int() });

/** Judging what changed, and what time changed; the advisories that it is judged by. */
export function reviewJobs(context: WorkerContext): Pick<JobHandlers, Kind> {
  const { review } = context;
  return {
    ...(review === null ? {} : judgingJobs(context, review)),
    'retire-image': async ({ payload }) => {
      const retirement = RETIREMENT.parse(payload);
      const isRetired = await retire(context, retirement);
      context.log.info('image retired', { ...retirement, isRetired });
    },
  };
}

function judgingJobs(
  context: WorkerContext,
  { judge, atOnce = 1, attest, advisories, environments, onReviewed, trust }: ReviewParts,
): Pick<JobHandlers, 'judge-images' | 'attest-image' | 'update-advisories'> {
  const { store, clock, log } = context;
  const following = { ...context, ...advisories };
  const catchUp = new CatchUp(following);
  let known = -1;
  const forgetEnvironments = async (): Promise<void> => {
    const { names, revision } = await environments();
    if (revision !== known) {
      await store.records.judgements.keepOnly(names);
      known = revision;
    }
  };
  return {
    'judge-images': async ({ payload }, signal) => {
      const { lane = 0 } = REVIEW.parse(payload);
      if (lane === 0) {
        await forgetEnvironments();
        await trust?.run();
        await store.records.judgements.markExpired(clock.now());
      }
      const prepare = async (): Promise<boolean> => {
        await trust?.run();
        return await catchUp.run();
      };
      const reviewed = await reviewDue(context, { judge, atOnce, prepare, lane, signal });
      onReviewed?.(reviewed);
      if (reviewed.judged + reviewed.failed > 0) {
        log.info('images judged', { lane, ...reviewed });
      }
    },
    'attest-image': async ({ payload }, signal) => {
      const list = LIST.parse(parseStrictJson(IMAGES.parse(payload).images, 'images to attest'));
      const failures: unknown[] = [];
      for (const image of list) {
        try {
          await attest(image, signal);
        } catch (error) {
          signal.throwIfAborted();
          failures.push(error);
        }
      }
      // The job is done again, and what hangs there already is not signed twice.
      if (failures.length > 0) {
        throw failures[0];
      }
    },
    'update-advisories': async (_job, signal) => {
      const updated = await updateAdvisories(following, signal);
      catchUp.noted(updated.announced);
      const { announced: _, ...counts } = updated;
      log.info('advisories looked at', { ...counts });
    },
  };
}
