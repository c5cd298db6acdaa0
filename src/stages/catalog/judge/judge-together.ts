import type { DecidingPolicies, ImageToJudge, JudgeContext, JudgedImage } from './context.ts';
import { judgeImage } from './judge-image.ts';
import { Together } from './together.ts';

/**
 * Judges images as `judgeImage` does; what comes of those that are judged at the same time is written together, and they are judged by the same policies, asked for
 * once. Whoever changes these marks every image in the transaction that does so: what was judged by the earlier ones has lost its lease then, and is not
 * written.
 */
export function judgeTogether(
  context: JudgeContext,
): (image: ImageToJudge, signal: AbortSignal) => Promise<JudgedImage> {
  const together = new Together(context.store, () => context.clock.now());
  let members = 0;
  let asked: Promise<DecidingPolicies> | null = null;
  const policies = async (): Promise<DecidingPolicies> => await (asked ??= context.policies());
  return async (image, signal) => {
    members += 1;
    try {
      return await together.join(
        async (member) => await judgeImage({ ...context, ...member, policies }, image, signal),
      );
    } finally {
      members -= 1;
      asked = members === 0 ? null : asked;
    }
  };
}
