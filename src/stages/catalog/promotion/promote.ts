import type { Digest } from '#base/digest.ts';
import type { Subject } from '#model/platform/access.ts';
import type { ImageState } from '#model/platform/state.ts';
import type { CatalogContext } from '../context.ts';
import { changeStateIn, setApprovalIn } from '../state.ts';

type PromotionContext = Pick<CatalogContext, 'store' | 'clock' | 'random'>;

export interface Promotion {
  /** Its name. */
  readonly repository: string;
  readonly digest: Digest;
  /** For which it is approved besides; null for none: then whoever pulls for no environment may. */
  readonly environment: string | null;
  readonly reason: string;
  /** When the approval for the environment ends, milliseconds UTC; null for no end. */
  readonly validUntil?: number | null;
}

/**
 * Lets an image out of quarantine, and approves it for an environment, because somebody says so who answers for it: another person than who pushed it or had it
 * taken. All of it or nothing. Throws `StateError`, of whoever's own work `STATE_OWN_WORK`.
 */
export async function promote(context: PromotionContext, actor: Subject, promotion: Promotion): Promise<ImageState> {
  const { environment, validUntil = null, ...image } = promotion;
  return await context.store.transaction(async (records) => {
    if (environment !== null) {
      await setApprovalIn(context, records, actor, { ...image, environment, decision: 'approved', validUntil });
    }
    return await changeStateIn(context, records, actor, { ...image, to: 'approved' });
  });
}

export interface Withdrawal {
  readonly repository: string;
  readonly digest: Digest;
  readonly reason: string;
}

/** Ends that an image is served, at once and for every environment, until a person decides otherwise. Throws `StateError`. */
export async function revoke(context: PromotionContext, actor: Subject, image: Withdrawal): Promise<ImageState> {
  return await context.store.transaction((records) =>
    changeStateIn(context, records, actor, { ...image, to: 'revoked' }),
  );
}
