import type { Digest } from '#base/digest.ts';
import type { Attached } from './artifact.ts';
import type { EvidenceTarget } from './evidence.ts';
import type { Exception } from './exception.ts';
import type { GateDecision } from './gate-verdict.ts';
import type { ReportTool } from './report.ts';
import type { SignedBy } from './signing-report.ts';

/** What Plimsoll can state of an image by itself, in the order in which it is attached. */
export const OWN_EVIDENCE = ['cyclonedx', 'spdx', 'vulnerabilities', 'vex', 'verdict', 'summary'] as const;
export type OwnEvidence = (typeof OWN_EVIDENCE)[number];

/** What `attest --scan` did: the document that `-o json` writes as it is. */
export interface OwnEvidenceReport {
  /** Raised in its second part when members are added, in its first when a member changes or goes. */
  readonly schemaVersion: '1.1';
  readonly kind: 'own-evidence';
  readonly tool: ReportTool;
  /** As the user wrote the reference; `registry/path`, null for files of this machine. */
  readonly image: { readonly reference: string; readonly repository: string | null };
  /** Null when nothing was signed. */
  readonly by: SignedBy | null;
  readonly format: 'bundle' | 'cosign-legacy';
  /** Whose policies were asked; null when none were. */
  readonly environment: string | null;
  /**
   * The answer to `--fail-on` or `--environment` for all platforms together: `refused` when one of them is, `unknown` when one is not known and
   * none refused. Null when it was not asked.
   */
  readonly outcome: 'passed' | 'refused' | 'unknown' | null;
  /** The platforms, in the order of the index. */
  readonly judged: readonly JudgedPlatform[];
  /** Empty when the outcome is not known: then nothing is attached. */
  readonly attached: readonly AttachedEvidence[];
  /** What was left out, and which statements of the exceptions except nothing. Sentences for the user. */
  readonly notes: readonly string[];
}

export interface JudgedPlatform {
  readonly subject: EvidenceTarget;
  readonly findings: number;
  readonly unknowns: number;
  /** Null when it was not asked. */
  readonly decision: GateDecision | null;
  readonly reasons: readonly string[];
  readonly exceptions: readonly Exception[];
  readonly validUntil: string | null;
}

export interface AttachedEvidence {
  readonly subject: EvidenceTarget;
  readonly evidence: OwnEvidence;
  readonly predicateType: string;
  /** The blob that holds the signed statement. */
  readonly blob: Digest;
  /** The manifest that holds it now. */
  readonly manifest: Digest;
  readonly route: Attached['route'];
}
