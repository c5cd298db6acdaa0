import type { Approval, ImageState } from '#model/platform/state.ts';
import { isAutomatic, isOwnQuarantine, isStanding } from './standing.ts';

export interface StateQuestion {
  readonly state: ImageState;
  /** When the manifest was pushed, milliseconds. */
  readonly pushedAt: number;
  /** Those that count from now on, of all environments. */
  readonly approvals: readonly Approval[];
  /** The environment whose word lets it out of quarantine; null for none. */
  readonly deciding: string | null;
  readonly time: number;
  readonly by: string;
}

/**
 * The state that an image gets by its verdicts; null for the one that it is in. Out of quarantine by the deciding environment; back into it when
 * no environment approves it any more. What a person decided stays: revoked and expired images are not touched, nor what somebody put into
 * quarantine, approved or deprecated by hand.
 */
export function nextState({ state, pushedAt, approvals, deciding, time, by }: StateQuestion): ImageState | null {
  const decided = approvals.find(({ environment }) => environment === deciding);
  if (deciding === null || decided === undefined) {
    return null;
  }
  const stands = isStanding(decided, time);
  if (state.lifecycle === 'quarantined' && stands && isOwnQuarantine(state, pushedAt)) {
    return { lifecycle: 'approved', reason: `admitted for ${deciding}`, since: time, by };
  }
  const isApproved = approvals.some((approval) => isStanding(approval, time));
  const isServed = state.lifecycle === 'approved' || state.lifecycle === 'deprecated';
  if (isServed && !isApproved && isAutomatic(state.by)) {
    const reason = decided.decision === 'refused' ? decided.reason : 'its approval has ended';
    return { lifecycle: 'quarantined', reason: `refused for ${deciding}: ${reason}`, since: time, by };
  }
  return null;
}
