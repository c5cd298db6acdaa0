import { quote } from '#base/error.ts';
import type { RankReaders } from '#lib/advisories/index.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { Unknown } from '#model/unknown.ts';
import type { OpenShard } from '#store/shards/index.ts';
import type { Advisories } from './advisories.ts';
import { staleUnknown } from './advisories.ts';
import type { MatchedShard } from './report.ts';

export interface OpenSignals {
  readonly readers: RankReaders;
  readonly shards: readonly (MatchedShard & { readonly reader: OpenShard })[];
  /** Of the kind `stale-signals`: none of them hides a finding. */
  readonly unknowns: readonly Unknown[];
}

/** What ranks findings, of the sources that are set; nobody is asked when there is nothing to rank. */
export async function openSignals(
  advisories: Pick<Advisories, 'shard' | 'offers'>,
  findings: readonly Vulnerability[],
  now: number,
): Promise<OpenSignals> {
  const shards: OpenSignals['shards'][number][] = [];
  const unknowns: Unknown[] = [];
  const offered =
    findings.length === 0 ? [] : (['KEV', 'EPSS', 'NVD'] as const).filter((name) => advisories.offers(name));
  const open = new Map<string, OpenShard>();
  for (const name of offered) {
    const { reader, unknowns: problems } = await advisories.shard(name);
    const stale = reader === null ? [] : staleUnknown(reader.info, now);
    unknowns.push(...[...problems, ...stale, ...unreadable(reader)].map(toStaleSignals));
    if (reader !== null) {
      open.set(name, reader);
      shards.push({ reader, info: reader.info, stale: stale.length > 0 || problems.length > 0 });
    }
  }
  const signals = [...open].filter(([name]) => name !== 'NVD').map(([, reader]) => reader);
  return { readers: { signals, ratings: open.get('NVD') ?? null }, shards, unknowns };
}

/** Without them severities hold, and ranks may be too low. */
function toStaleSignals(unknown: Unknown): Unknown {
  return { ...unknown, kind: 'stale-signals' };
}

function unreadable(reader: OpenShard | null): readonly Unknown[] {
  if (reader === null || reader.info.rejected === 0) {
    return [];
  }
  const { ecosystem, rejected, rejectedNames } = reader.info;
  const names = rejectedNames.map((name) => quote(name, 60)).join(', ');
  const more = rejected > rejectedNames.length ? ' and others' : '';
  const reason = `${rejected} ${rejected === 1 ? 'record' : 'records'} of ${ecosystem} could not be read: ${names}${more}`;
  return [{ kind: 'stale-signals', path: null, layer: null, analyser: 'advisories', reason }];
}
