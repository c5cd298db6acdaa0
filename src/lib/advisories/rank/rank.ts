import type { Rating } from '#model/advisory.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { ShardReader, SignalReader } from '#model/ports.ts';
import { compareFindings } from '../finding-order.ts';
import { ratingsOf, withRatings } from './ratings.ts';
import { riskOf } from './risk.ts';
import type { KnownSignals } from './signals.ts';
import { signalsOf } from './signals.ts';

/** What is at hand besides advisories. */
export interface RankReaders {
  readonly signals: readonly SignalReader[];
  /** The NVD; null when nobody asks it. */
  readonly ratings: ShardReader | null;
}

/**
 * Adds to every finding what is known of its exploitation, the NVD's ratings after the vendor's, and how urgent it is. Sorted
 * by severity, package name, id, purl. Pure but for the reads, of which there is one for each name of a vulnerability.
 */
export function rankFindings(findings: readonly Vulnerability[], readers: RankReaders): readonly Vulnerability[] {
  const known = new Map<string, Known>();
  const ranked = findings.map((finding) => {
    const names = [finding.id, ...finding.aliases].filter((name) => name.startsWith('CVE-'));
    const key = names.join(' ');
    const found = known.get(key) ?? lookUp(names, readers);
    known.set(key, found);
    const rated = withRatings(finding, found.ratings);
    const { signals } = found.known;
    return { ...rated, ...(signals.length === 0 ? {} : { signals }), risk: riskOf(rated, found.known) };
  });
  return ranked.toSorted(compareFindings);
}

interface Known {
  readonly known: KnownSignals;
  readonly ratings: readonly Rating[];
}

function lookUp(names: readonly string[], { signals, ratings }: RankReaders): Known {
  return { known: signalsOf(names, signals), ratings: ratings === null ? [] : ratingsOf(names, ratings) };
}
