import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { PackageFinding } from '#model/platform/judgement.ts';
import type { Advisories } from '../advisories.ts';
import { match } from '../match.ts';
import { inventoryOfPurls } from './dictionary.ts';

export interface FindingsContext {
  readonly advisories: Pick<Advisories, 'shard' | 'offers'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What advisories say of package versions of one group now, as far as package URLs alone tell. */
export async function findingsOf(
  purls: readonly string[],
  { advisories, clock, log }: FindingsContext,
): Promise<readonly PackageFinding[]> {
  const { findings } = await match(inventoryOfPurls(purls), advisories, { clock, log });
  return findings.map(({ package: { purl }, id, aliases, severity, fixedIn }) => ({
    purl,
    id,
    aliases,
    severity,
    fixedIn: fixedIn ?? null,
  }));
}
