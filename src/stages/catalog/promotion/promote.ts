import type { Digest } from '#base/digest.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Records } from '#model/platform/records.ts';
import type { Approval, ImageState } from '#model/platform/state.ts';
import type { CatalogContext } from '../context.ts';
import { isServed } from '../lifecycle.ts';
import { changeStateIn, setApprovalIn, type WithParts } from '../state.ts';

type PromotionContext = Pick<CatalogContext, 'store' | 'clock' | 'random'>;

export interface Promotion {
  /** Its name. */
  readonly repository: string;
  readonly digest: Digest;
  /** For which it is approved; null for none: then whoever pulls for no environment may. */
  readonly environment: string | null;
  readonly reason: string;
  /** When the approval for the environment ends, milliseconds UTC; null for no end. */
  readonly validUntil?: number | null;
}

/** What became of it: its state, and the approval where an environment was said. */
export interface Promoted {
  readonly state: ImageState;
  readonly approval: Approval | null;
  /** Of an index: what in it was decided about with it. */
  readonly parts: readonly Digest[];
}

/**
 * Lets an image out of quarantine, and approves it for an environment, because somebody says so who answers for it: another person than who pushed it or had it
 * taken. All of it or nothing. For an environment alone that is all where the image is served already: whatever let it out goes on to count. Throws
 * `StateError`, of whoever's own work `STATE_OWN_WORK`.
 */
export async function promote(context: PromotionContext, actor: Subject, promotion: Promotion): Promise<Promoted> {
  const { environment, validUntil = null, ...image } = promotion;
  return await context.store.transaction(async (records) => {
    if (environment === null) {
      const { parts, ...state } = await changeStateIn(context, records, actor, { ...image, to: 'approved' });
      return { state, approval: null, parts };
    }
    const decision = { ...image, environment, decision: 'approved', validUntil } as const;
    const { parts, ...approval } = await setApprovalIn(context, records, actor, decision);
    const served = await servedState(records, image);
    if (served !== null) {
      return { state: served, approval, parts };
    }
    const { parts: more, ...state } = await changeStateIn(context, records, actor, { ...image, to: 'approved' });
    return { state, approval, parts: [...new Set([...parts, ...more])].toSorted() };
  });
}

async function servedState(
  { repositories, manifests }: Records,
  { repository: name, digest }: Pick<Promotion, 'repository' | 'digest'>,
): Promise<ImageState | null> {
  const repository = await repositories.find(name);
  const manifest = repository && (await manifests.find(repository.id, digest, null));
  const state = manifest?.standing.state ?? null;
  return state !== null && isServed(state.lifecycle) ? state : null;
}

export interface Withdrawal {
  readonly repository: string;
  readonly digest: Digest;
  readonly reason: string;
}

/**
 * Ends that an image is served, at once and for every environment, until a person decides otherwise: with all of its parts, whatever else has them. Throws
 * `StateError`.
 */
export async function revoke(
  context: PromotionContext,
  actor: Subject,
  image: Withdrawal,
): Promise<WithParts<ImageState>> {
  return await context.store.transaction(async (records) =>
    changeStateIn(context, records, actor, { ...image, to: 'revoked' }),
  );
}
