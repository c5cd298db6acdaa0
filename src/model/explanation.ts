import type { Digest } from '#base/digest.ts';
import type { AdvisedState, AffectedRange, RangeEvent, Rating, Severity } from './advisory.ts';
import type { FindingState } from './finding.ts';

/**
 * Why an id is, or is not, among the findings of one image: the document of `scan --explain ID -o json`.
 * `docs/reference/explanation.md` explains it to readers.
 */
export interface Explanation {
  readonly schemaVersion: '1.0';
  readonly kind: 'explanation';
  /** As it was asked. */
  readonly id: string;
  /** It, and every other name that the records at hand have for the same, sorted. */
  readonly names: readonly string[];
  readonly image: ExplainedImage;
  readonly answer: ExplainedAnswer;
  /** In words, the decisive one first. */
  readonly reasons: readonly string[];
  /** Packages of the image that a record speaks of, or seems to. */
  readonly packages: readonly ExplainedPackage[];
  /** The records that have the id or one of its names. */
  readonly records: readonly ExplainedRecord[];
  /** The advisories that the image was matched with. */
  readonly asked: readonly AskedShard[];
}

export interface ExplainedImage {
  readonly reference: string;
  readonly digest: Digest | null;
  readonly platform: string | null;
}

/**
 * `found`: it is a finding. `suppressed`: it would be one, and something speaks against it. `unknown`: something could not be
 * compared. `not-found`: none of these.
 */
export const EXPLAINED_ANSWERS = ['found', 'suppressed', 'unknown', 'not-found'] as const;
export type ExplainedAnswer = (typeof EXPLAINED_ANSWERS)[number];

/** A shard, and what it is from. */
export interface AskedShard {
  readonly ecosystem: string;
  readonly provider: string;
  readonly source: string;
  readonly revision: Digest;
  readonly count: number;
}

export interface ExplainedRecord {
  readonly id: string;
  readonly shard: AskedShard;
  /** False for advisories that are at hand, and of an ecosystem that the image has no packages of. */
  readonly asked: boolean;
  readonly modified: string;
  readonly withdrawn: string | null;
  /** `ecosystem name` of what it speaks of, at most ten. */
  readonly about: readonly string[];
}

export interface ExplainedPackage {
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  readonly paths: readonly string[];
  readonly answer: ExplainedAnswer;
  readonly reasons: readonly string[];
  readonly statements: readonly ExplainedStatement[];
  /** Null where it is none, not even one that does not count. */
  readonly finding: ExplainedFinding | null;
  /** What could have kept it from counting, one by one; empty where there is no finding. */
  readonly checks: readonly ExplainedCheck[];
}

export interface ExplainedFinding {
  readonly id: string;
  readonly severity: Severity;
  readonly state: FindingState;
  readonly fixedIn: string | null;
  /** The first one gave the severity. */
  readonly ratings: readonly Rating[];
}

export const EXPLAINED_CHECKS = [
  'not-affected',
  'third-party',
  'owned',
  'headers',
  'exception',
  'informational',
] as const;

export interface ExplainedCheck {
  readonly check: (typeof EXPLAINED_CHECKS)[number];
  readonly suppresses: boolean;
  readonly text: string;
}

export const STATEMENT_OUTCOMES = ['affected', 'unaffected', 'not-affected', 'unknown', 'withdrawn'] as const;

/** What one advisory says of the package in one ecosystem. */
export interface ExplainedStatement {
  readonly advisory: string;
  readonly ecosystem: string;
  /** The name and version that it was held against: those of the package, or of the source it is built from. */
  readonly name: string;
  readonly version: string;
  readonly outcome: (typeof STATEMENT_OUTCOMES)[number];
  /** Why it could not be decided, or that the rows are about something else; null where the comparisons say it. */
  readonly reason: string | null;
  readonly fixedIn: string | null;
  readonly rows: readonly ExplainedRow[];
}

export interface ExplainedRow {
  readonly state: AdvisedState | null;
  /** The word of the source. */
  readonly status: string | null;
  readonly ranges: readonly ExplainedRange[];
  /** Whether the version is listed; null where versions are not listed one by one. */
  readonly listed: boolean | null;
}

export interface ExplainedRange {
  readonly type: AffectedRange['type'];
  readonly affected: boolean;
  readonly comparisons: readonly ExplainedComparison[];
}

export const RANGE_EVENTS = ['introduced', 'fixed', 'last_affected', 'limit'] as const satisfies readonly EventKind[];
type EventKind = RangeEvent extends infer Event ? (Event extends unknown ? keyof Event : never) : never;

export interface ExplainedComparison {
  readonly event: (typeof RANGE_EVENTS)[number];
  readonly bound: string;
  /** The version stands so to the bound; null where one of them is no version. */
  readonly order: '<' | '=' | '>' | null;
  /** Of what is no version, why. */
  readonly reason: string | null;
}
