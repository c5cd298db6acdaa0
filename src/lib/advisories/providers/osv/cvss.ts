import type { Severity } from '#model/advisory.ts';

/** The base score of a CVSS vector of the given kind, 0 to 10; null for a vector that is broken or incomplete. */
export type CvssScorer = (kind: CvssKind, vector: string) => number | null;
export type CvssKind = 'CVSS_V2' | 'CVSS_V3' | 'CVSS_V4';

const MAX_VECTOR = 512;

export function isCvssKind(text: string): text is CvssKind {
  return text === 'CVSS_V2' || text === 'CVSS_V3' || text === 'CVSS_V4';
}

/** The base metrics with their values, all mandatory: CVSS 2 section 2.4, CVSS 3.1 table 15, CVSS 4.0 table 23. */
const METRICS: Readonly<Record<CvssKind, readonly (readonly [metric: string, values: string])[]>> = {
  CVSS_V2: [...named('AV', 'LAN'), ...named('AC', 'HML'), ...named('Au', 'MSN'), ...named('C I A', 'NPC')],
  CVSS_V3: [
    ...named('AV', 'NALP'),
    ...named('AC', 'LH'),
    ...named('PR', 'NLH'),
    ...named('UI', 'NR'),
    ...named('S', 'UC'),
    ...named('C I A', 'HLN'),
  ],
  CVSS_V4: [
    ...named('AV', 'NALP'),
    ...named('AC', 'LH'),
    ...named('AT', 'NP'),
    ...named('PR', 'NLH'),
    ...named('UI', 'NPA'),
    ...named('VC VI VA SC SI SA', 'HLN'),
  ],
};

function named(metrics: string, values: string): (readonly [string, string])[] {
  return metrics.split(' ').map((metric) => [metric, values]);
}

/** Loaded when a feed is read and not at start: scores are stored with the advisories, matching needs no formula. */
export async function loadCvssScorer(): Promise<CvssScorer> {
  // A CommonJS bundle whose names Node cannot see from outside: they are all on its default export.
  const { default: cvss } = await import('ae-cvss-calculator');

  return (kind, vector) => {
    const base = baseVector(kind, vector);
    if (base === null) {
      return null;
    }
    switch (kind) {
      case 'CVSS_V2':
        return new cvss.Cvss2(base).calculateScores().base ?? null;
      case 'CVSS_V3': {
        const Version = base.startsWith('CVSS:3.0/') ? cvss.Cvss3P0 : cvss.Cvss3P1;
        return new Version(base).calculateScores().base ?? null;
      }
      case 'CVSS_V4':
        return new cvss.Cvss4P0(base).calculateScores().baseMetricsOnly ?? null;
    }
  };
}

const PREFIXES: Readonly<Record<CvssKind, readonly string[]>> = {
  CVSS_V2: [''],
  CVSS_V3: ['CVSS:3.1/', 'CVSS:3.0/'],
  CVSS_V4: ['CVSS:4.0/'],
};

/**
 * The base metrics alone, each once and in order; null when one is missing, double or has no value of its own. The
 * library is given nothing else: it writes what it does not know to the console.
 */
function baseVector(kind: CvssKind, vector: string): string | null {
  const prefix = PREFIXES[kind].find((candidate) => vector.startsWith(candidate));
  if (prefix === undefined || vector.length > MAX_VECTOR) {
    return null;
  }
  const found = new Map<string, string>();
  for (const part of vector.slice(prefix.length).split('/')) {
    const [metric = '', value = ''] = part.split(':');
    if (found.has(metric)) {
      return null;
    }
    found.set(metric, value);
  }
  const parts = METRICS[kind].map(([metric, values]) => {
    const value = found.get(metric) ?? '';
    return value.length === 1 && values.includes(value) ? `${metric}:${value}` : null;
  });
  return parts.includes(null) ? null : prefix + parts.join('/');
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
