/** What is known of a vulnerability besides what it is: whether it is exploited, and how likely that is. */
export type Signal = EpssSignal | KnownExploitedSignal;

/** FIRST's Exploit Prediction Scoring System: the probability of exploitation within 30 days. */
export interface EpssSignal {
  readonly kind: 'epss';
  /** 0 to 1. */
  readonly probability: number;
  /** The share of all scored vulnerabilities that score the same or lower, 0 to 1. */
  readonly percentile: number;
  /** The day of the scores, `YYYY-MM-DD`. */
  readonly date: string;
}

/** An entry of a catalogue of vulnerabilities that somebody has seen exploited. */
export interface KnownExploitedSignal {
  readonly kind: 'known-exploited';
  /** Who keeps the catalogue: `CISA`. */
  readonly catalogue: string;
  /** `YYYY-MM-DD`. */
  readonly added: string;
  /** By when agencies have to act, `YYYY-MM-DD`; null when it is not said. */
  readonly due: string | null;
  /** Known to be used in ransomware campaigns. */
  readonly ransomware: boolean;
}
