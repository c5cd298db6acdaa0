/** How urgent a finding is, 0 to 100 with one decimal, and what it was made from: `docs/reference/risk.md` has the formula. */
export interface Risk {
  readonly score: number;
  readonly parts: readonly RiskPart[];
}

/** One input of the score. */
export interface RiskPart {
  readonly name: (typeof RISK_PARTS)[number];
  /** The factor that went into the formula. */
  readonly value: number;
  /** Where it is from, in words: `CVSS_V3 9.8 of GHSA-…`, `EPSS 0.94 of 2026-11-20`. */
  readonly from: string;
}

export const RISK_PARTS = ['impact', 'likelihood', 'known-exploited', 'fix'] as const;
