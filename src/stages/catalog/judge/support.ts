import type { LifecycleEntry } from '#model/lifecycle.ts';
import type { ImageState } from '#model/platform/state.ts';
import { isAutomatic } from './standing.ts';

/** What makes a deprecation one of these, and no other of our own. */
const ENDED = 'is not supported any more';

/**
 * An image that a verdict let out is deprecated when the support of its distribution has ended: it is served on, with a warning, until its verdict or a person
 * says otherwise. It is not any more when a source of dates says that it is supported; where none says anything, it stays. Null for the state that it is in; what a
 * person decided stays.
 */
export function bySupport(
  state: ImageState,
  lifecycle: readonly LifecycleEntry[],
  { time, by }: { readonly time: number; readonly by: string },
): ImageState | null {
  const distribution = lifecycle.filter((entry) => entry.package === null);
  const ended = distribution.find((entry) => entry.status === 'ended');
  if (!isAutomatic(state.by)) {
    return null;
  }
  if (state.lifecycle === 'approved' && ended !== undefined) {
    const since = ended.endOfLife === null ? '' : `, since ${ended.endOfLife}`;
    const reason = `${ended.product} ${ended.release} ${ENDED}${since}`;
    return { lifecycle: 'deprecated', reason, since: time, by };
  }
  const isSupported = distribution.length > 0 && ended === undefined;
  if (state.lifecycle === 'deprecated' && isSupported && state.reason.includes(ENDED)) {
    return { lifecycle: 'approved', reason: 'its distribution is supported again', since: time, by };
  }
  return null;
}
