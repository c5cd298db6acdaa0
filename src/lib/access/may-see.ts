import type { Subject } from '#model/platform/access.ts';
import type { Approval, ImageState, Standing } from '#model/platform/state.ts';
import { may } from './decide.ts';
import { ownerOf } from './owner.ts';

/** Whether somebody may read a manifest, and what is to be said with it or instead of it. */
export type Sight =
  | {
      readonly kind: 'yes';
      /** For `Warning: 299 - "…"` (RFC 7234, section 5.5): printable ASCII without quotes and backslashes. */
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'no';
      /**
       * `unknown-repository`: answered as if there were no such repository. Otherwise there is one, and `message` says why not: nothing was decided yet
       * (`quarantine`), or something else was (`state`).
       */
      readonly why: 'unknown-repository' | 'quarantine' | 'state';
      /** A sentence part with the state and its reason, as safe as a warning. Where the report is comes from the caller. */
      readonly message: string;
    };

/** Days before its end in which an approval is served with a warning. */
const ENDS_SOON_MS = 30 * 24 * 60 * 60 * 1000;

const SEEN: Sight = { kind: 'yes', warnings: [] };

/**
 * Who may read a manifest in a repository, from where what governs it stands. In quarantine: its pusher and approvers. Approved and deprecated: everybody
 * who may pull, for an environment only with an approval for it that still holds. Revoked and expired: approvers. Whoever pulls for an environment is no
 * approver, whatever their roles: otherwise a robot with a role too many would run what nobody approved. `now` in milliseconds UTC.
 */
export function maySee(subject: Subject, repository: string, standing: Standing, now: number): Sight {
  const isApprover = subject.environment === null && may(subject, 'inspect', repository);
  if (!isApprover && !may(subject, 'pull', repository)) {
    return { kind: 'no', why: 'unknown-repository', message: 'there is no such repository' };
  }
  const { state } = standing;
  if (state === null || state.lifecycle === 'quarantined') {
    return isApprover || standing.pushedBy === ownerOf(subject)
      ? SEEN
      : { kind: 'no', why: 'quarantine', message: quarantined(state) };
  }
  if (state.lifecycle === 'revoked' || state.lifecycle === 'expired') {
    return isApprover ? SEEN : refused(stated(state, state.lifecycle));
  }
  if (subject.environment !== null) {
    const obstacle = obstacleOf(standing.approval, subject.environment, now);
    if (obstacle !== null) {
      return refused(obstacle);
    }
  }
  const warnings = [
    ...(state.lifecycle === 'deprecated' ? [stated(state, 'deprecated')] : []),
    ...endOf(standing.approval, subject.environment, now),
  ];
  return warnings.length === 0 ? SEEN : { kind: 'yes', warnings };
}

/** Whoever deploys hears of it before it is refused: an approval that ends, since a rule is broken or an exception is over then. */
function endOf(approval: Approval | null, environment: string | null, now: number): readonly string[] {
  if (environment === null || approval === null || approval.validUntil === null) {
    return [];
  }
  const { validUntil, reason } = approval;
  return validUntil - now > ENDS_SOON_MS
    ? []
    : [safe(`the approval for ${environment} ends ${new Date(validUntil).toISOString()}: ${reason}`)];
}

function quarantined(state: ImageState | null): string {
  return state === null
    ? 'the image is in quarantine: what it belongs to was never pushed'
    : stated(state, 'in quarantine');
}

/** Why an approval does not let an environment read; null when it does. */
function obstacleOf(approval: Approval | null, environment: string, now: number): string | null {
  if (approval === null || approval.environment !== environment) {
    return safe(`the image is not approved for ${environment}: nothing was decided`);
  }
  if (approval.decision !== 'approved') {
    return safe(`the image is refused for ${environment}: ${approval.reason}`);
  }
  if (approval.validUntil !== null && now >= approval.validUntil) {
    return safe(`the approval for ${environment} ended ${new Date(approval.validUntil).toISOString()}`);
  }
  return null;
}

function stated({ since, reason }: ImageState, word: string): string {
  return safe(`the image is ${word} since ${new Date(since).toISOString()}: ${reason}`);
}

function refused(message: string): Sight {
  return { kind: 'no', why: 'state', message };
}

const MAX_MESSAGE_CHARS = 400;

/** Reasons are written by people and go into headers. */
function safe(text: string): string {
  return text
    .slice(0, MAX_MESSAGE_CHARS)
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/["\\]/g, "'");
}
