import type { Approval } from '#model/platform/state.ts';
import { isAutomatic } from './standing.ts';

/** What becomes of an approval for an environment that is no more; null for no change. A person's word stays where it is, and decides nothing else. */
export function retiredApproval(
  before: Approval,
  { time, by }: { readonly time: number; readonly by: string },
): Approval | null {
  if (before.decision === 'refused' || !isAutomatic(before.decidedBy)) {
    return null;
  }
  const reason = `there is no environment ${before.environment} any more`;
  return { ...before, decision: 'refused', reason, validUntil: null, decidedAt: time, decidedBy: by };
}
