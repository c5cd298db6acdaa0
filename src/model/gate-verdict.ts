import type { Digest } from '#base/digest.ts';
import type { Severity } from './advisory.ts';
import type { Exception } from './exception.ts';
import type { FailLevel } from './gate.ts';
import type { ReportAdvisories, ReportTool } from './report.ts';

/** The type of the statement. A change that readers of this one would misread gets another number. */
export const GATE_VERDICT_TYPE = 'https://plimsoll.dev/attestation/verdict/v1';

export const GATE_DECISIONS = ['pass', 'warn', 'refuse', 'error'] as const;
export type GateDecision = (typeof GATE_DECISIONS)[number];

/**
 * What Plimsoll decided of the image of one platform, as the predicate of a signed statement: what a verification summary
 * has no words for stands here. `gate-verdict-schema.ts` holds the same shape for validators. Times are ISO 8601 UTC.
 */
export interface GateVerdict {
  /** Raised in its second part when members are added, in its first when a member changes or goes. */
  readonly schemaVersion: '1.0';
  readonly tool: ReportTool;
  readonly image: GateVerdictImage;
  readonly decidedAt: string;
  /** `warn`: it passes, with something excepted or not known. `error`: it could not be decided, and does not pass. */
  readonly decision: GateDecision;
  /** Sentence parts, the decisive one first. */
  readonly reasons: readonly string[];
  readonly counts: GateVerdictCounts;
  /** What does not count against it. */
  readonly exceptions: readonly Exception[];
  /** Why what is not known was let pass, in the words of whoever let it; null when nobody did. */
  readonly allowUnknown: string | null;
  readonly policy: GateVerdictPolicy;
  /** What was matched against. */
  readonly advisories: readonly GateVerdictAdvisories[];
  /** The statements that were attached beside it. */
  readonly inputs: readonly GateVerdictInput[];
  /** The first instant at which time alone could change the decision; null when it could not, or the image did not pass. */
  readonly validUntil: string | null;
}

export interface GateVerdictImage {
  /** `registry/path`; null for files. */
  readonly repository: string | null;
  readonly digest: Digest;
  /** `os/architecture[/variant]`. */
  readonly platform: string | null;
}

export interface GateVerdictCounts {
  /** All of them by severity, those that are excepted among them. */
  readonly findings: Readonly<Record<Severity, number>>;
  readonly excepted: number;
  readonly unknowns: number;
}

/** What was asked. */
export interface GateVerdictPolicy {
  /** Of the canonical JSON (RFC 8785) of `gate`: the digest of the policy in the verification summary. */
  readonly digest: Digest;
  readonly gate: GateVerdictGate;
}

export interface GateVerdictGate {
  readonly failOn: FailLevel;
  readonly allowUnknown: string | null;
  /** The documents that may except findings, by the digest of their bytes, sorted. */
  readonly exceptions: readonly Digest[];
}

export type GateVerdictAdvisories = Pick<ReportAdvisories, 'ecosystem' | 'revision' | 'newest' | 'stale'>;

export interface GateVerdictInput {
  readonly predicateType: string;
  /** Of the blob that holds the signed statement. */
  readonly digest: Digest;
}
