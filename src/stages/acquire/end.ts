import type { Acquisition } from '#model/platform/acquisition.ts';
import type { Records } from '#model/platform/records.ts';
import type { AcquireContext } from './context.ts';
import { finishedEvent } from './events.ts';

/** What an acquisition came to. */
export interface AcquisitionEnd {
  readonly state: 'promoted' | 'held' | 'refused' | 'failed';
  readonly reason: string;
}

/** Ends it, with the event that says so, in the transaction of `records`. False when somebody else changed it since. */
export async function endAcquisition(
  context: Pick<AcquireContext, 'clock' | 'random'>,
  records: Records,
  acquisition: Acquisition,
  { state, reason }: AcquisitionEnd,
): Promise<boolean> {
  const now = context.clock.now();
  const { id, version } = acquisition;
  if (!(await records.acquisitions.update(id, version, { state, reason, finishedAt: now }, now))) {
    return false;
  }
  await records.events.append(finishedEvent(context, { ...acquisition, state, reason, finishedAt: now }));
  return true;
}
