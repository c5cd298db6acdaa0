import type { Severity } from '#model/advisory.ts';
import { scoreCvss2 } from './v2.ts';
import { scoreCvss3 } from './v3.ts';
import { scoreCvss4 } from './v4.ts';
import { readVector } from './vector.ts';

export type CvssKind = 'CVSS_V2' | 'CVSS_V3' | 'CVSS_V4';

export function isCvssKind(text: string): text is CvssKind {
  return text === 'CVSS_V2' || text === 'CVSS_V3' || text === 'CVSS_V4';
}

/** The base metrics, all mandatory: CVSS 2 section 2.4, CVSS 3.1 table 15, CVSS 4.0 table 23. */
const METRICS: Readonly<Record<CvssKind, ReadonlyMap<string, string>>> = {
  CVSS_V2: metrics(['AV', 'LAN'], ['AC', 'HML'], ['Au', 'MSN'], ['C I A', 'NPC']),
  CVSS_V3: metrics(['AV', 'NALP'], ['AC', 'LH'], ['PR', 'NLH'], ['UI', 'NR'], ['S', 'UC'], ['C I A', 'HLN']),
  CVSS_V4: metrics(
    ['AV', 'NALP'],
    ['AC', 'LH'],
    ['AT', 'NP'],
    ['PR', 'NLH'],
    ['UI', 'NPA'],
    ['VC VI VA SC SI SA', 'HLN'],
  ),
};

function metrics(...rows: readonly (readonly [names: string, values: string])[]): ReadonlyMap<string, string> {
  return new Map(rows.flatMap(([names, values]) => names.split(' ').map((name) => [name, values] as const)));
}

/**
 * The base score of a vector, 0 to 10 with one decimal; null for one that is broken or incomplete. What a source says of
 * threats, time and environment beside the base does not change the score: it holds for somebody else's systems.
 */
export function scoreCvss(kind: CvssKind, vector: string): number | null {
  switch (kind) {
    case 'CVSS_V2': {
      const base = readVector('', METRICS.CVSS_V2, vector);
      return base === null ? null : scoreCvss2(base);
    }
    case 'CVSS_V3': {
      const base = readVector('CVSS:3.1/', METRICS.CVSS_V3, vector) ?? readVector('CVSS:3.0/', METRICS.CVSS_V3, vector);
      return base === null ? null : scoreCvss3(base);
    }
    case 'CVSS_V4': {
      const base = readVector('CVSS:4.0/', METRICS.CVSS_V4, vector);
      return base === null ? null : scoreCvss4(base);
    }
  }
}

/** The qualitative rating of a score: CVSS 3.1 section 5 (4.0 section 6 is the same); NVD's scale for CVSS 2. */
export function severityOfScore(kind: CvssKind, score: number): Severity {
  if (score <= 0) {
    return 'none';
  }
  if (score < 4) {
    return 'low';
  }
  if (score < 7) {
    return 'medium';
  }
  return score < 9 || kind === 'CVSS_V2' ? 'high' : 'critical';
}
