import type { Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { decide, isEnvironmentName } from '#lib/access/index.ts';
import { type Subject, WORKER } from '#model/platform/access.ts';
import type { Records, Repository, StandingManifest } from '#model/platform/records.ts';
import type { Approval, ImageState, Lifecycle } from '#model/platform/state.ts';
import { type CatalogContext, repositoryEvent } from './context.ts';
import { assertEnvironment } from './environments.ts';
import { followersOfApproval, followersOfState } from './followers.ts';
import { isServed, nextLifecycles } from './lifecycle.ts';
import { assertOfOthers } from './own-work.ts';
import { StateError } from './state-error.ts';

type StateContext = Pick<CatalogContext, 'clock' | 'random'>;

/** Characters of a reason: it goes into headers and messages. */
const MAX_REASON = 1000;

export interface StateChange {
  /** Its name. */
  readonly repository: string;
  readonly digest: Digest;
  readonly to: Lifecycle;
  /** A sentence part for whoever is refused; never empty. */
  readonly reason: string;
}

export interface ApprovalChange {
  readonly repository: string;
  readonly digest: Digest;
  readonly environment: string;
  readonly decision: Approval['decision'];
  readonly reason: string;
  readonly verdict?: Digest | null;
  /** Milliseconds UTC, in the future. */
  readonly validUntil?: number | null;
}

/** What was decided about an image, and its parts about which the same was decided with it. */
export type WithParts<Decision> = Decision & { readonly parts: readonly Digest[] };

/**
 * Moves an image to another state, and an index with parts of it: see `followersOfState`. What it is already with the same reason stays as it is. The state
 * that it has now. Throws `StateError`.
 */
export async function changeState(
  context: StateContext & Pick<CatalogContext, 'store'>,
  actor: Subject,
  change: StateChange,
): Promise<WithParts<ImageState>> {
  return await context.store.transaction(async (records) => changeStateIn(context, records, actor, change));
}

/** As `changeState`, in the caller's transaction. */
export async function changeStateIn(
  context: StateContext,
  records: Records,
  actor: Subject,
  change: StateChange,
): Promise<WithParts<ImageState>> {
  assertAllowed(actor, change.repository, '*');
  const { to } = change;
  const reason = checkedReason(change.reason);
  const state: ImageState = { lifecycle: to, reason, since: context.clock.now(), by: actor.id };
  const { repository, manifest } = await governing(records, change.repository, change.digest, null);
  const { state: old } = manifest.standing;
  const from = old?.lifecycle ?? 'quarantined';
  const isSaid = isAlready(old, to, reason);
  if (old !== null && isSaid && isServed(to)) {
    return { ...old, parts: [] };
  }
  assertNext(change, from, actor);
  const reached = await followersOfState(records, { repository, top: manifest }, to);
  if (to === 'approved' || (isServed(to) && !isServed(from))) {
    await assertOfOthers(records, actor, repository, reached);
  }
  const changed = reached.filter(({ standing }) => !(isSaid && isAlready(standing.state, to, reason)));
  for (const { digest, standing } of changed) {
    const before = standing.state?.lifecycle ?? 'quarantined';
    if (!(await records.manifests.setState(repository.id, digest, before, state))) {
      throw changedMeanwhile(change.repository, digest);
    }
    const data = { digest, from: before, to, reason };
    await records.events.append(
      repositoryEvent(context, repository, digest, { type: 'image.state-changed.v1', actor: actor.id, data }),
    );
  }
  return { ...(isSaid && old !== null ? old : state), parts: partsIn(changed, change.digest) };
}

/**
 * Decides about an image for one environment, and with an index about parts of it: see `followersOfApproval`. The state of an image stays what it is. Throws
 * `StateError`.
 */
export async function setApproval(
  context: StateContext & Pick<CatalogContext, 'store'>,
  actor: Subject,
  change: ApprovalChange,
): Promise<WithParts<Approval>> {
  return await context.store.transaction(async (records) => setApprovalIn(context, records, actor, change));
}

/** As `setApproval`, in the caller's transaction. */
export async function setApprovalIn(
  context: StateContext,
  records: Records,
  actor: Subject,
  change: ApprovalChange,
): Promise<WithParts<Approval>> {
  const { environment, decision } = change;
  if (!isEnvironmentName(environment)) {
    throw invalid('environment', 'a name of lower-case letters, digits and dashes', quote(environment));
  }
  assertAllowed(actor, change.repository, environment);
  const now = context.clock.now();
  const validUntil = change.validUntil ?? null;
  if (validUntil !== null && !(Number.isSafeInteger(validUntil) && validUntil > now)) {
    throw invalid('validUntil', 'an instant in the future', String(validUntil));
  }
  const reason = checkedReason(change.reason);
  const approval: Approval = {
    environment,
    decision,
    reason,
    verdict: change.verdict ?? null,
    validUntil,
    decidedAt: now,
    decidedBy: actor.id,
  };
  const { repository, manifest } = await governing(records, change.repository, change.digest, environment);
  if (manifest.standing.approval === null) {
    await assertEnvironment(records, environment);
  }
  const changed = await followersOfApproval(records, { repository, top: manifest }, approval);
  if (decision === 'approved') {
    await assertOfOthers(records, actor, repository, changed);
  }
  for (const { digest } of changed) {
    await records.manifests.setApproval(repository, digest, approval);
    const data = { digest, environment, decision, reason, validUntil };
    await records.events.append(
      repositoryEvent(context, repository, digest, { type: 'image.approval-changed.v1', actor: actor.id, data }),
    );
  }
  if (validUntil !== null) {
    // Its end is noted by whoever looks at it next, and is seen to when it comes.
    await records.judgements.mark({ kind: 'image', repositoryId: repository.id, digest: change.digest }, 'time', now);
  }
  return { ...approval, parts: partsIn(changed, change.digest) };
}

function isAlready(state: ImageState | null, to: Lifecycle, reason: string): boolean {
  return state?.lifecycle === to && state.reason === reason;
}

function partsIn(changed: readonly StandingManifest[], whole: Digest): readonly Digest[] {
  return changed.flatMap(({ digest }) => (digest === whole ? [] : [digest]));
}

function assertAllowed(actor: Subject, repository: string, environment: string): void {
  const decision = decide(actor, 'approve', { repository, environment });
  if (decision.kind === 'no') {
    throw new StateError('STATE_CHANGE_DENIED', 'not allowed', { object: quote(repository), found: decision.message });
  }
}

function checkedReason(text: string): string {
  const reason = text.trim();
  if (reason === '' || reason.length > MAX_REASON) {
    throw invalid('reason', `1 to ${MAX_REASON} characters`, reason === '' ? 'none' : `${reason.length}`);
  }
  return reason;
}

function assertNext({ repository, digest, to }: StateChange, from: Lifecycle, actor: Subject): void {
  const next = nextLifecycles(from, actor.id === WORKER.id ? 'automatic' : 'person');
  // The same state with another reason says better what was decided.
  if (from !== to && !next.includes(to)) {
    throw new StateError('STATE_CHANGE_REFUSED', `what is ${from} does not become ${to}`, {
      object: `${repository}@${digest}`,
      expected:
        next.length === 0 ? `that it stays ${from}, unless a person decides otherwise` : `one of ${next.join(', ')}`,
      found: to,
    });
  }
}

interface Governing {
  readonly repository: Repository;
  readonly manifest: StandingManifest;
}

/** The manifest, whose own state is the one that counts. */
async function governing(
  records: Records,
  name: string,
  digest: Digest,
  environment: string | null,
): Promise<Governing> {
  const repository = await records.repositories.find(name);
  const manifest = repository && (await records.manifests.find(repository.id, digest, environment));
  const object = `${quote(name)}, ${digest}`;
  if (repository === null || manifest === null) {
    throw new StateError('STATE_IMAGE_UNKNOWN', 'no such manifest', { object });
  }
  if (manifest.governor !== digest) {
    throw new StateError('STATE_GOVERNED', 'it hangs on another manifest, whose state counts for it', {
      object,
      expected: manifest.governor,
      found: digest,
      hint: 'Change the state of that one.',
    });
  }
  return { repository, manifest };
}

function invalid(object: string, expected: string, found: string): StateError {
  return new StateError('STATE_CHANGE_INVALID', 'cannot be decided so', { object, expected, found });
}

function changedMeanwhile(repository: string, digest: Digest): StateError {
  return new StateError('STATE_CHANGED_MEANWHILE', 'somebody else changed it meanwhile', {
    object: `${repository}@${digest}`,
    expected: 'the state that was read',
    found: 'another one',
    hint: 'Look at it again and decide anew.',
  });
}
