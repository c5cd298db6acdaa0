import type { ImageToJudge, JudgeContext, JudgedImage } from './context.ts';
import { judgeImage } from './judge-image.ts';
import { Together } from './together.ts';

/** Judges images as `judgeImage` does; what comes of those that are judged at the same time is written together. */
export function judgeTogether(
  context: JudgeContext,
): (image: ImageToJudge, signal: AbortSignal) => Promise<JudgedImage> {
  const together = new Together(context.store, () => context.clock.now());
  return async (image, signal) =>
    await together.join(async (member) => await judgeImage({ ...context, ...member }, image, signal));
}
