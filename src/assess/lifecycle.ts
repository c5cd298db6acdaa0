import type { Clock } from '#base/clock.ts';
import { lifecycleOf } from '#lib/lifecycle/index.ts';
import type { Inventory } from '#model/inventory.ts';
import type { Advisories } from './advisories.ts';
import type { AssessedLifecycle } from './report.ts';

/** How long what is in an image is supported. Dates do not grow old with the newest release: those are stale that could not be asked for again. */
export async function assessLifecycle(
  inventory: Inventory,
  advisories: Pick<Advisories, 'shard'>,
  clock: Clock,
): Promise<AssessedLifecycle> {
  const { reader, unknowns } = await advisories.shard('Lifecycle');
  if (reader === null) {
    return { entries: [], findings: [], unknowns, shards: [] };
  }
  const { entries, findings } = lifecycleOf(inventory, reader, clock.now());
  return { entries, findings, unknowns, shards: [{ info: reader.info, stale: unknowns.length > 0 }] };
}
