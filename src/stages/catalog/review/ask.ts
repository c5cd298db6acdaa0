import type { Records } from '#model/platform/records.ts';

/** Workers that judge at once. */
export const LANES = 8;

/** Has images judged soon that are marked, or from `runAt` on; in the transaction that marks them. */
export async function askForReview(records: Pick<Records, 'jobs'>, now: number, lane = 0, runAt = now): Promise<void> {
  await records.jobs.enqueue({ kind: 'judge-images', payload: { lane }, key: `judge-images ${lane}`, runAt }, now);
}
