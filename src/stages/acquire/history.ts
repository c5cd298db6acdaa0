import type { Digest } from '#base/digest.ts';
import type { Acquisition } from '#model/platform/acquisition.ts';
import { isOwnQuarantine } from '#model/platform/own-state.ts';
import type { Records } from '#model/platform/records.ts';

/** What stands against taking a digest once more. */
export interface Objection {
  readonly state: 'held' | 'refused';
  /** A sentence part. */
  readonly reason: string;
}

export interface AskedDigest {
  /** Of ours. */
  readonly repository: string;
  /** `docker.io/library/alpine`. */
  readonly upstream: string;
  readonly digest: Digest;
  /** When anything that decides was changed last. */
  readonly changedAt: number;
}

/** Of one digest there are few; of these the newest one that came to a decision counts. */
export const LOOKED_AT = 20;

/**
 * What was decided about a digest stands until something changes that decides: it is not taken again only to be held or refused again. Null when nothing
 * stands against it, or when it was let in here since, by an exception or a person.
 */
export async function objectionTo(
  { acquisitions, manifests }: Pick<Records, 'acquisitions' | 'manifests'>,
  { repository, upstream, digest, changedAt }: AskedDigest,
): Promise<Objection | null> {
  const here = await manifests.resolve(repository, { digest }, null);
  // What was deleted comes back as it went.
  const state = here === null ? await manifests.ended(repository, digest) : here.standing.state;
  if (state?.lifecycle === 'revoked') {
    return { state: 'refused', reason: `it was revoked here: ${state.reason}` };
  }
  if (state?.lifecycle === 'expired') {
    return { state: 'refused', reason: `its time is over here: ${state.reason}` };
  }
  if (state?.lifecycle === 'approved' || state?.lifecycle === 'deprecated') {
    return null;
  }
  if (state?.lifecycle === 'quarantined' && (here === null || !isOwnQuarantine(state, here.pushedAt))) {
    return { state: 'held', reason: `it was put into quarantine here: ${state.reason}` };
  }
  const before = (await acquisitions.history(upstream, digest, LOOKED_AT)).find(isDecided);
  if (before === undefined || before.state === 'promoted' || (before.finishedAt ?? 0) < changedAt) {
    return null;
  }
  const outcome = before.state === 'refused' ? 'refused' : 'held';
  return { state: outcome, reason: `${AGAIN[outcome]}${firstReason(before.reason)}` };
}

const AGAIN = { held: 'it was held before: ', refused: 'it was refused before: ' } as const;

/** Of what was decided again and again because of what was decided before. */
function firstReason(reason: string): string {
  const again = Object.values(AGAIN).find((start) => reason.startsWith(start));
  return again === undefined ? reason : firstReason(reason.slice(again.length));
}

/** One that failed says nothing of the image. */
export function isDecided({ state }: Acquisition): boolean {
  return state === 'promoted' || state === 'held' || state === 'refused';
}
