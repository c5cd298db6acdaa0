import type { Digest } from '#base/digest.ts';
import { isAutomatic, isOwnQuarantine } from '#model/platform/own-state.ts';
import type { Records, Repository, StandingManifest } from '#model/platform/records.ts';
import type { Approval, ImageState, Lifecycle } from '#model/platform/state.ts';
import { isServed } from './lifecycle.ts';
import { StateError } from './state-error.ts';

/** Manifests that one change may reach through indexes. */
const MAX_REACHED = 1000;

/** An index that somebody decides about. */
export interface Decided {
  readonly repository: Repository;
  readonly top: StandingManifest;
}

/**
 * The manifest, and what goes with it to another state: parts that are in the state that it is in, since they were not decided about by themselves. What is not to be
 * served any more takes along what our own work let out, whatever state that is in; with a revocation goes every part. Only a part that another index which is
 * served has as well stays, unless the whole is revoked: a revocation wins.
 */
export async function followersOfState(
  records: Records,
  decided: Decided,
  to: Lifecycle,
): Promise<readonly StandingManifest[]> {
  const whole = decided.top.standing.state;
  return await followers(records, decided, null, async (part, reached) => {
    const { state } = part.standing;
    if (isServed(to)) {
      return isOfSameDecision(state, whole);
    }
    if (to === 'revoked') {
      return state?.lifecycle !== 'revoked' || isOfSameDecision(state, whole);
    }
    const isOurs = state !== null && !isEnded(state) && isUndecided(state, part.pushedAt);
    return (
      (isOurs || isOfSameDecision(state, whole)) && !(await isInAnother(records, decided.repository, part, reached))
    );
  });
}

/** As `followersOfState`, to a decision for an environment: parts about which the same was decided, and with a refusal all that no person has refused. */
export async function followersOfApproval(
  records: Records,
  decided: Decided,
  { environment, decision }: Pick<Approval, 'environment' | 'decision'>,
): Promise<readonly StandingManifest[]> {
  const before = decided.top.standing.approval?.decision;
  return await followers(records, decided, environment, ({ standing: { approval } }) => {
    const isRefused = approval?.decision === 'refused' && !isAutomatic(approval.decidedBy);
    return Promise.resolve(approval?.decision === before || (decision === 'refused' && !isRefused));
  });
}

/**
 * Whether the state of a part is the index's. What a person decided has to be the same decision: a platform that was revoked by itself stays so when
 * the index, revoked as well, is approved again.
 */
function isOfSameDecision(part: ImageState | null, whole: ImageState | null): boolean {
  const isSame = part?.lifecycle === (whole?.lifecycle ?? 'quarantined');
  const isDecided = whole !== null && whole.lifecycle !== 'quarantined' && whole.lifecycle !== 'approved';
  return isSame && (!isDecided || (part.since === whole.since && part.reason === whole.reason));
}

function isEnded({ lifecycle }: ImageState): boolean {
  return lifecycle === 'revoked' || lifecycle === 'expired';
}

/** No person has put it where it is. */
function isUndecided(state: ImageState, pushedAt: number): boolean {
  return state.lifecycle === 'quarantined' ? isOwnQuarantine(state, pushedAt) : isAutomatic(state.by);
}

/** Whether an index that is served, and is not among these, has it as well. */
async function isInAnother(
  { manifests }: Records,
  { id }: Repository,
  { digest }: StandingManifest,
  reached: ReadonlyMap<Digest, StandingManifest>,
): Promise<boolean> {
  for (const parent of await manifests.parents(id, digest)) {
    const other = reached.has(parent.digest) ? null : await manifests.find(id, parent.digest, null);
    const state = other?.standing.state ?? null;
    if (state !== null && isServed(state.lifecycle)) {
      return true;
    }
  }
  return false;
}

type Follows = (part: StandingManifest, reached: ReadonlyMap<Digest, StandingManifest>) => Promise<boolean>;

/** The manifest, and all below it that have a state of their own and follow. */
async function followers(
  { manifests }: Records,
  { repository, top }: Decided,
  environment: string | null,
  follows: Follows,
): Promise<readonly StandingManifest[]> {
  const reached = new Map<Digest, StandingManifest>([[top.digest, top]]);
  for (const digest of reached.keys()) {
    for (const child of await manifests.children(repository.id, digest)) {
      const part = reached.has(child.digest) ? null : await manifests.find(repository.id, child.digest, environment);
      if (part !== null && part.governor === part.digest && (await follows(part, reached))) {
        reached.set(part.digest, part);
      }
    }
    if (reached.size > MAX_REACHED) {
      throw new StateError('STATE_CHANGE_INVALID', 'cannot be decided so', {
        object: 'index',
        expected: `at most ${MAX_REACHED} manifests below it`,
        found: 'more',
      });
    }
  }
  return [...reached.values()];
}
