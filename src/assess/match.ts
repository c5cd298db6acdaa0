import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { ecosystemsNeeded, matchPackages, rankFindings } from '#lib/advisories/index.ts';
import type { Inventory } from '#model/inventory.ts';
import type { ShardReader } from '#model/ports.ts';
import type { Unknown } from '#model/unknown.ts';
import type { Advisories } from './advisories.ts';
import { staleUnknown } from './advisories.ts';
import { isCovered, setCoveredApart } from './covered.ts';
import type { Matched, MatchedShard } from './report.ts';
import { openSignals } from './signals.ts';

/** Opens the shards that an inventory needs and matches its packages with them. Its unknowns are among those of the result. */
export async function match(
  inventory: Inventory,
  advisories: Pick<Advisories, 'shard' | 'offers'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Matched> {
  const { packages, os, builds } = inventory;
  const readers = new Map<string, ShardReader>();
  const shards = new Map<ShardReader, MatchedShard>();
  const unknowns = new Map<string, Unknown>();
  const products = advisories.offers('NVD');
  for (const { ecosystem, extended } of ecosystemsNeeded(packages, os, builds, products).needed) {
    const { reader, unknowns: problems } = await advisories.shard(ecosystem);
    // Ecosystems that share a shard share what is wrong with it; nobody misses what only those have who pay for more.
    const missed = problems.filter(({ kind }) => extended !== true || kind !== 'no-advisories');
    const stale = reader === null ? [] : staleUnknown(reader.info, clock.now());
    for (const unknown of [...missed, ...stale]) {
      unknowns.set(`${unknown.kind} ${unknown.reason}`, unknown);
    }
    if (reader !== null) {
      readers.set(ecosystem, reader);
      // What could not be brought up to date may lack what has become known since.
      shards.set(reader, { info: reader.info, stale: stale.length > 0 || problems.length > 0 });
      log.debug('advisories at hand', { ecosystem, count: reader.info.count, revision: reader.info.revision });
    }
  }
  const result = matchPackages(packages, os, readers, builds);
  const rank = await openSignals(advisories, [...result.findings, ...result.headers], clock.now());
  for (const shard of rank.shards) {
    shards.set(shard.reader, shards.get(shard.reader) ?? shard);
  }
  // Of a program in a file of an OS package, the advisories of the distribution have spoken.
  const open = packages.filter((item) => !isCovered(item, result.known));
  const unsupported = ecosystemsNeeded(open, os, builds, products).unknowns;
  // What is wrong with the NVD may have been said of its products already.
  const reasons = new Set([...unknowns.values()].map(({ reason }) => reason));
  const unranked = rank.unknowns.filter(({ reason }) => !reasons.has(reason));
  const found = [...inventory.unknowns, ...unsupported, ...unknowns.values(), ...result.unknowns, ...unranked];
  const findings = rankFindings(result.findings, rank.readers);
  const apart = setCoveredApart({ findings, unknowns: found }, result.known);
  return {
    ...apart,
    headers: rankFindings(result.headers, rank.readers),
    shards: [...shards.values()].map(({ info, stale }) => ({ info, stale })),
  };
}
