import { isAppError } from '#base/error.ts';
import { type Subject, WORKER } from '#model/platform/access.ts';
import type { ImageState } from '#model/platform/state.ts';
import type { CatalogContext } from '../context.ts';
import { changeStateIn, type WithParts } from '../state.ts';
import { StateError } from '../state-error.ts';
import type { Withdrawal } from './promote.ts';

type RetirementContext = Pick<CatalogContext, 'store' | 'clock' | 'random'>;

export interface Deprecation extends Withdrawal {
  /** From when on it is not served any more, milliseconds UTC; null for not before somebody says so. */
  readonly endsAt: number | null;
}

/**
 * An image goes on being served, with a warning; from the end on it is expired. Whoever decides otherwise before then undoes the end with it. Throws
 * `StateError`.
 */
export async function deprecate(
  context: RetirementContext,
  actor: Subject,
  { endsAt, ...image }: Deprecation,
): Promise<WithParts<ImageState>> {
  const now = context.clock.now();
  if (endsAt !== null && !(Number.isSafeInteger(endsAt) && endsAt > now)) {
    throw new StateError('STATE_CHANGE_INVALID', 'cannot be decided so', {
      object: 'endsAt',
      expected: 'an instant in the future',
      found: String(endsAt),
    });
  }
  const reason = endsAt === null ? image.reason : `${image.reason.trim()}; until ${new Date(endsAt).toISOString()}`;
  return await context.store.transaction(async (records) => {
    const state = await changeStateIn(context, records, actor, { ...image, reason, to: 'deprecated' });
    if (endsAt !== null) {
      const { repository, digest } = image;
      const job = { kind: 'retire-image', payload: { repository, digest, since: state.since } } as const;
      await records.jobs.enqueue({ ...job, key: `retire-image ${repository} ${digest}`, runAt: endsAt }, now);
    }
    return state;
  });
}

export interface Retirement extends Omit<Withdrawal, 'reason'> {
  /** Since when it is deprecated: another decision since then counts. */
  readonly since: number;
}

/** What a deprecation announced. False when somebody decided otherwise since, or the image is gone. */
export async function retire(context: RetirementContext, { since, ...image }: Retirement): Promise<boolean> {
  try {
    return await context.store.transaction(async (records) => {
      const repository = await records.repositories.find(image.repository);
      const manifest = repository && (await records.manifests.find(repository.id, image.digest, null));
      const state = manifest?.standing.state ?? null;
      if (state?.lifecycle !== 'deprecated' || state.since !== since) {
        return false;
      }
      const reason = 'its support has ended, as was announced';
      await changeStateIn(context, records, WORKER, { ...image, to: 'expired', reason });
      return true;
    });
  } catch (error) {
    if (isAppError(error) && error.code === 'STATE_IMAGE_UNKNOWN') {
      return false;
    }
    throw error;
  }
}
