import type { Approval, ImageState } from '#model/platform/state.ts';
import { isAutomatic, isOwnQuarantine, isStanding } from './standing.ts';

export interface StateQuestion {
  readonly state: ImageState;
  /** When the manifest was pushed, milliseconds. */
  readonly pushedAt: number;
  /** Those that count from now on, of all environments that there are. */
  readonly approvals: readonly Approval[];
  /** The environment whose word lets it out of quarantine; null for none. */
  readonly deciding: string | null;
  readonly time: number;
  readonly by: string;
}

/**
 * The state that an image gets by its verdicts; null for the one that it is in. Out of quarantine by the deciding environment, and kept there with its reason; back
 * into it when no environment approves it any more, whichever there still are. What a person decided stays: revoked and expired images are not touched, nor what somebody put into
 * quarantine, approved or deprecated by hand.
 */
export function nextState({ state, pushedAt, approvals, deciding, time, by }: StateQuestion): ImageState | null {
  const decided = deciding === null ? undefined : approvals.find(({ environment }) => environment === deciding);
  if (state.lifecycle === 'quarantined') {
    if (decided === undefined || !isOwnQuarantine(state, pushedAt)) {
      return null;
    }
    return isStanding(decided, time)
      ? { lifecycle: 'approved', reason: `admitted for ${deciding}`, since: time, by }
      : held(state, refusedBy(decided), by);
  }
  const isApproved = approvals.some((approval) => isStanding(approval, time));
  const isServed = state.lifecycle === 'approved' || state.lifecycle === 'deprecated';
  if (isServed && !isApproved && isAutomatic(state.by)) {
    const reason = decided === undefined ? 'no environment approves it any more' : refusedBy(decided);
    return { lifecycle: 'quarantined', reason, since: time, by };
  }
  return null;
}

/** Still in quarantine, and for a better reason than that nobody looked; null where it is the same. */
export function held(state: ImageState, reason: string, by: string): ImageState | null {
  return reason === state.reason ? null : { ...state, reason, by };
}

function refusedBy({ environment, decision, reason }: Approval): string {
  return `refused for ${environment}: ${decision === 'refused' ? reason : 'its approval has ended'}`;
}
