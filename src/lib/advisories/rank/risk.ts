import type { Severity } from '#model/advisory.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { Risk, RiskPart } from '#model/risk.ts';
import type { EpssSignal, KnownExploitedSignal } from '#model/signal.ts';

/** CVSS in the middle of the band of a word; nobody having rated a vulnerability does not make it harmless. */
const MIDDLES: Readonly<Record<Severity, number>> = {
  critical: 9.5,
  high: 8,
  medium: 5.5,
  low: 2,
  none: 0,
  unknown: 6,
};

/** A vulnerability that nobody is seen to exploit still may be. */
const LEAST_LIKELIHOOD = 0.2;
/** As with a probability of 3.5 %, which nine of ten vulnerabilities stay below. */
const UNSCORED_LIKELIHOOD = 0.35;
const EXPLOITED = 0.9;
const BY_RANSOMWARE = 1;
const WITHOUT_FIX = 0.9;

/** What goes into the score besides the finding itself. */
export interface Exploitation {
  readonly epss: EpssSignal | null;
  readonly exploited: KnownExploitedSignal | null;
}

/**
 * `100 × impact × max(likelihood, known-exploited) × fix`, with one decimal: `docs/reference/risk.md`. It rises, or stays,
 * with each of its inputs.
 */
export function riskOf(finding: Vulnerability, { epss, exploited }: Exploitation): Risk {
  const parts = [impact(finding), likelihood(epss), knownExploited(exploited), fix(finding)] as const;
  if (finding.malicious === true) {
    return { score: 100, parts };
  }
  const [harm, likely, seen, repairable] = parts;
  const score = 100 * harm.value * Math.max(likely.value, seen.value) * repairable.value;
  return { score: Math.round(score * 10) / 10, parts };
}

function impact({ severity, score, ratings, malicious }: Vulnerability): RiskPart {
  if (malicious === true) {
    return { name: 'impact', value: 1, from: 'made to do harm' };
  }
  const scored = ratings.find((rating) => rating.score === score && rating.severity === severity);
  if (score !== undefined) {
    const from =
      scored === undefined ? `CVSS ${score.toFixed(1)}` : `${scored.scale} ${score.toFixed(1)} of ${scored.source}`;
    return { name: 'impact', value: round(score / 10), from };
  }
  const rated = ratings.find((rating) => rating.severity === severity && severity !== 'unknown');
  const from =
    rated === undefined
      ? `severity ${severity}: nobody has rated it`
      : `${severity} by ${rated.source}, without a score`;
  return { name: 'impact', value: round(MIDDLES[severity] / 10), from };
}

/** The root, since the difference between 0.1 % and 1 % says as much as the one between 10 % and all. */
function likelihood(epss: EpssSignal | null): RiskPart {
  return epss === null
    ? { name: 'likelihood', value: UNSCORED_LIKELIHOOD, from: 'no EPSS score' }
    : {
        name: 'likelihood',
        value: round(LEAST_LIKELIHOOD + (1 - LEAST_LIKELIHOOD) * Math.sqrt(epss.probability)),
        from: `EPSS ${epss.probability} of ${epss.date}`,
      };
}

function knownExploited(signal: KnownExploitedSignal | null): RiskPart {
  if (signal === null) {
    return { name: 'known-exploited', value: 0, from: 'in no catalogue that was asked' };
  }
  const by = signal.ransomware ? ', by ransomware too' : '';
  const from = `${signal.catalogue}, since ${signal.added}${by}`;
  return { name: 'known-exploited', value: signal.ransomware ? BY_RANSOMWARE : EXPLOITED, from };
}

/** What can be repaired today comes before what cannot. */
function fix({ fixedIn }: Vulnerability): RiskPart {
  return fixedIn === undefined
    ? { name: 'fix', value: WITHOUT_FIX, from: 'none is known' }
    : { name: 'fix', value: 1, from: fixedIn };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
