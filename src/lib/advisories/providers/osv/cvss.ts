import type { Severity } from '#model/advisory.ts';

/** The base score of a CVSS vector of the given kind, 0 to 10; null for a vector that is broken or incomplete. */
export type CvssScorer = (kind: CvssKind, vector: string) => number | null;
export type CvssKind = 'CVSS_V2' | 'CVSS_V3' | 'CVSS_V4';

const MAX_VECTOR = 512;

export function isCvssKind(text: string): text is CvssKind {
  return text === 'CVSS_V2' || text === 'CVSS_V3' || text === 'CVSS_V4';
}

/** Loaded when a feed is read and not at start: scores are stored with the advisories, matching needs no formula. */
export async function loadCvssScorer(): Promise<CvssScorer> {
  const { Cvss2, Cvss3P0, Cvss3P1, Cvss4P0 } = await import('ae-cvss-calculator');

  function calculate(kind: CvssKind, vector: string): number | null {
    if (kind === 'CVSS_V4') {
      const parsed = new Cvss4P0(vector);
      return parsed.isBaseFullyDefined() ? (parsed.calculateScores().baseMetricsOnly ?? null) : null;
    }
    const Version = kind === 'CVSS_V2' ? Cvss2 : vector.startsWith('CVSS:3.0/') ? Cvss3P0 : Cvss3P1;
    const parsed = new Version(vector);
    return parsed.isBaseFullyDefined() ? (parsed.calculateScores().base ?? null) : null;
  }

  return (kind, vector) => {
    if (vector.length > MAX_VECTOR || !vector.startsWith(PREFIX[kind])) {
      return null;
    }
    try {
      return calculate(kind, vector);
    } catch {
      // The library throws plain errors, and TypeErrors for text that is no vector at all.
      return null;
    }
  };
}

/** A vector of CVSS 2 has no prefix but always begins with its access vector. */
const PREFIX: Readonly<Record<CvssKind, string>> = { CVSS_V2: 'AV:', CVSS_V3: 'CVSS:3.', CVSS_V4: 'CVSS:4.0/' };

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
