import type { Judgement } from '#model/platform/judgement.ts';
import type { Approval } from '#model/platform/state.ts';
import type { Outcome } from './outcome.ts';
import { isAutomatic, isStanding } from './standing.ts';

export interface ApprovalQuestion {
  /** What was decided so far; null for nothing. */
  readonly before: Approval | null;
  /** What policy said when it was last asked; null for never. */
  readonly previous: Pick<Judgement, 'outcome'> | null;
  readonly now: Outcome;
  /** Of the environment. */
  readonly graceMs: number;
  readonly time: number;
  /** Who decides. */
  readonly by: string;
}

export interface NextApproval {
  /** What counts from now on; the same object as before where nothing changes, null where nothing was and is decided. */
  readonly approval: Approval | null;
  /** An image that goes on being served although a rule is broken: until when, null for no end. */
  readonly flagged: { readonly until: number | null } | null;
}

/**
 * What a verdict makes of an approval. A person's word stands: a refusal always, an approval unless policy admitted the image since and does not any more. What
 * was approved and turns out to be refused for want of knowledge is served until the environment's grace is over; rules have their grace in the verdict.
 */
export function nextApproval(question: ApprovalQuestion): NextApproval {
  const { now } = question;
  return now.outcome === 'admitted' || now.outcome === 'warned' ? admitted(question) : refused(question);
}

function admitted({ before, now, time, by }: ApprovalQuestion): NextApproval {
  const flagged = now.graceUntil === null ? null : { until: now.graceUntil };
  if (
    before !== null &&
    !isAutomatic(before.decidedBy) &&
    (before.decision === 'refused' || isStanding(before, time))
  ) {
    return { approval: before, flagged: before.decision === 'refused' ? null : flagged };
  }
  const reason = now.reason === '' ? `${now.environment} admits it` : now.reason;
  return {
    approval: decided(before, { ...of(now, time, by), decision: 'approved', reason, validUntil: now.endsAt }),
    flagged,
  };
}

function refused({ before, previous, now, graceMs, time, by }: ApprovalQuestion): NextApproval {
  const refusal: Approval = { ...of(now, time, by), decision: 'refused', reason: now.reason, validUntil: null };
  if (before === null || !isStanding(before, time)) {
    const isPersonal = before !== null && before.decision === 'refused' && !isAutomatic(before.decidedBy);
    return { approval: isPersonal ? before : decided(before, refusal), flagged: null };
  }
  const wasAdmitted = previous !== null && (previous.outcome === 'admitted' || previous.outcome === 'warned');
  if (!isAutomatic(before.decidedBy) && !wasAdmitted) {
    return { approval: before, flagged: { until: before.validUntil } };
  }
  if (now.isCertain || graceMs === 0) {
    return { approval: refusal, flagged: null };
  }
  // Whatever keeps it from being known: each look at it does not begin another grace.
  const isGraced = previous !== null && !wasAdmitted;
  const until = Math.min(before.validUntil ?? Infinity, isGraced ? Infinity : time + graceMs);
  const validUntil = Number.isFinite(until) ? until : time + graceMs;
  // By our own work, whoever approved it before: when it is known again, policy's word is what counts, and has no end.
  const graced: Approval = { ...before, decidedAt: time, decidedBy: by, reason: now.reason, validUntil };
  return { approval: decided(before, graced), flagged: { until: validUntil } };
}

function of(
  { environment, verdict }: Outcome,
  time: number,
  by: string,
): Pick<Approval, 'environment' | 'verdict' | 'decidedAt' | 'decidedBy'> {
  return { environment, verdict, decidedAt: time, decidedBy: by };
}

/** What was said already is not said again. */
function decided(before: Approval | null, after: Approval): Approval {
  const isSame =
    before !== null &&
    before.decision === after.decision &&
    before.reason === after.reason &&
    before.validUntil === after.validUntil &&
    isAutomatic(before.decidedBy);
  return isSame ? before : after;
}
