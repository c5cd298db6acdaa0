import type { Approval, ImageState } from '#model/platform/state.ts';
import { held } from './next-state.ts';
import { isAutomatic, isOwnQuarantine, isStanding } from './standing.ts';

/** One of the images that an index is made of. */
export interface Part {
  /** Its platform, for messages. */
  readonly name: string;
  readonly state: ImageState | null;
  readonly approvals: readonly Approval[];
}

export interface WholeApprovalQuestion {
  readonly environment: string;
  /** What was decided about the index; null for nothing. */
  readonly before: Approval | null;
  /** At least one. */
  readonly parts: readonly Part[];
  readonly time: number;
  readonly by: string;
}

/** What an index gets for an environment by its parts: the word that all of them have, until the first of them ends. Null for no change; a person's word about the index stands, an approval until it ends. */
export function wholeApproval({ environment, before, parts, time, by }: WholeApprovalQuestion): Approval | null {
  if (
    before !== null &&
    !isAutomatic(before.decidedBy) &&
    (before.decision === 'refused' || isStanding(before, time))
  ) {
    return null;
  }
  const decided = parts.map(({ name, approvals }) => ({
    name,
    approval: approvals.find((one) => one.environment === environment) ?? null,
  }));
  const missing = decided.find(({ approval }) => approval === null || !isStanding(approval, time));
  if (missing !== undefined) {
    const why = missing.approval === null ? 'nothing was decided' : whyNot(missing.approval);
    const reason = `${missing.name}: ${why}`;
    return changed(before, { ...refusal(environment, time, by), reason, verdict: missing.approval?.verdict ?? null });
  }
  const approvals = decided.flatMap(({ approval }) => approval ?? []);
  const first = approvals.toSorted((a, b) => (a.validUntil ?? Infinity) - (b.validUntil ?? Infinity))[0];
  const reason = first?.reason ?? '';
  const validUntil = first?.validUntil ?? null;
  const verdict = approvals.length === 1 ? (first?.verdict ?? null) : null;
  return changed(before, { ...refusal(environment, time, by), decision: 'approved', reason, verdict, validUntil });
}

export interface WholeStateQuestion {
  /** Of the index. */
  readonly state: ImageState;
  readonly pushedAt: number;
  /** At least one. */
  readonly parts: readonly Part[];
  readonly time: number;
  readonly by: string;
}

/** Out of quarantine with the last of its parts, until then there for the first one's reason, and back into it with the first that our own work puts there. Null for no change. */
export function wholeState({ state, pushedAt, parts, time, by }: WholeStateQuestion): ImageState | null {
  const hidden = parts.find((part) => part.state?.lifecycle !== 'approved' && part.state?.lifecycle !== 'deprecated');
  if (state.lifecycle === 'quarantined' && hidden === undefined && isOwnQuarantine(state, pushedAt)) {
    const reason = parts[0]?.state?.reason ?? 'its platforms are approved';
    return { lifecycle: 'approved', reason, since: time, by };
  }
  if (hidden?.state?.lifecycle !== 'quarantined') {
    return null;
  }
  const reason = `${hidden.name}: ${hidden.state.reason}`;
  if (state.lifecycle === 'quarantined' && isOwnQuarantine(state, pushedAt)) {
    return held(state, reason, by);
  }
  return state.lifecycle === 'approved' && isAutomatic(state.by)
    ? { lifecycle: 'quarantined', reason, since: time, by }
    : null;
}

function refusal(environment: string, time: number, by: string): Approval {
  return {
    environment,
    decision: 'refused',
    reason: '',
    verdict: null,
    validUntil: null,
    decidedAt: time,
    decidedBy: by,
  };
}

function whyNot({ decision, reason }: Approval): string {
  return decision === 'approved' ? 'its approval has ended' : reason;
}

function changed(before: Approval | null, after: Approval): Approval | null {
  const isSame =
    before !== null &&
    before.decision === after.decision &&
    before.reason === after.reason &&
    before.validUntil === after.validUntil &&
    before.verdict === after.verdict;
  return isSame ? null : after;
}
