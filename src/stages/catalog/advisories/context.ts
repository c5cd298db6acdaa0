import type { MovingAdvisories } from '#assess/index.ts';
import type { Log } from '#base/log.ts';
import type { CatalogContext } from '../context.ts';

/** What following advisories works with. */
export interface AdvisoriesContext extends Pick<CatalogContext, 'store' | 'clock' | 'random'> {
  readonly log: Log;
  /** The data folder of this machine, in which the advisories are. */
  readonly home: string;
  readonly advisories: MovingAdvisories;
}
