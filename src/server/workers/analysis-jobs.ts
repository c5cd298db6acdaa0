import { z } from 'zod';
import { isDigest } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import type { Job } from '#model/platform/job.ts';
import { analyseImage, giveUpOnImage } from '#stages/catalog/index.ts';
import type { JobHandlers, WorkerContext } from './context.ts';

/** After so many attempts an image counts as unknown until one succeeds: it may be that workers die of it. */
const PATIENCE = 2;

const IMAGE = z.object({ repository: z.string(), digest: z.string().refine(isDigest) });

/** Inventories of images. */
export function analysisJobs(context: WorkerContext): Required<Pick<JobHandlers, 'analyse-image'>> {
  return { 'analyse-image': (job, signal) => analyse(context, job, signal) };
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
