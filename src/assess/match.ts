import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { ecosystemsNeeded, isStale, matchPackages } from '#lib/advisories/index.ts';
import type { Inventory } from '#model/inventory.ts';
import type { ShardReader } from '#model/ports.ts';
import type { Unknown } from '#model/unknown.ts';
import type { Advisories } from './advisories.ts';
import { staleUnknown } from './advisories.ts';
import { isCovered, setCoveredApart } from './covered.ts';
import type { Matched, MatchedShard } from './report.ts';

/** Opens the shards that an inventory needs and matches its packages with them. Its unknowns are among those of the result. */
export async function match(
  inventory: Inventory,
  advisories: Pick<Advisories, 'shard'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Matched> {
  const { needed } = ecosystemsNeeded(inventory.packages, inventory.os);
  const readers = new Map<string, ShardReader>();
  const shards: MatchedShard[] = [];
  const unknowns: Unknown[] = [];
  for (const ecosystem of new Set(needed.map((item) => item.shard))) {
    const { reader, unknowns: problems } = await advisories.shard(ecosystem);
    unknowns.push(...problems);
    if (reader !== null) {
      readers.set(ecosystem, reader);
      shards.push({ info: reader.info, stale: isStale(reader.info, clock.now()) });
      log.debug('advisories at hand', { ecosystem, count: reader.info.count, revision: reader.info.revision });
      unknowns.push(...staleUnknown(reader.info, clock.now()));
    }
  }
  const result = matchPackages(inventory.packages, inventory.os, readers);
  // Of a program in a file of an OS package, the advisories of the distribution have spoken.
  const open = inventory.packages.filter((item) => !isCovered(item, result.known));
  const unsupported = ecosystemsNeeded(open, inventory.os).unknowns;
  const found = [...inventory.unknowns, ...unsupported, ...unknowns, ...result.unknowns];
  return { ...setCoveredApart({ findings: result.findings, unknowns: found }, result.known), shards };
}
