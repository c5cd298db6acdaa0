import type { Digest } from '#base/digest.ts';
import type { Attached } from './artifact.ts';
import type { EvidenceTarget } from './evidence.ts';
import type { ReportTool } from './report.ts';

/** How a signature or attestation is written. */
export const SIGNING_FORMATS = ['bundle', 'cosign-legacy', 'notation-jws', 'notation-cose'] as const;
export type SigningFormat = (typeof SIGNING_FORMATS)[number];

/** What `sign` and `attest` did: the document that `-o json` writes as it is. */
export interface SigningReport {
  /** Raised in its second part when members are added, in its first when a member changes or goes. */
  readonly schemaVersion: '1.0';
  readonly kind: 'signature' | 'attestation';
  readonly tool: ReportTool;
  /** As the user wrote the reference; `registry/path`, null for files of this machine. */
  readonly image: { readonly reference: string; readonly repository: string | null };
  readonly by: SignedBy;
  readonly format: SigningFormat;
  /** Of an attestation; null for a signature. */
  readonly predicateType: string | null;
  /** One for each manifest that was signed, the index first. */
  readonly attached: readonly AttachedTo[];
}

/** Whose signature it is, and who was asked about it. */
export interface SignedBy {
  /** The reference of the key without secrets, or the identity and its authority. */
  readonly name: string;
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly fingerprint: Digest;
  /** What Fulcio certified; null for a key. */
  readonly identity: { readonly issuer: string; readonly subject: string } | null;
  /** URLs without queries. */
  readonly timestampAuthorities: readonly string[];
  readonly logs: readonly string[];
}

export interface AttachedTo {
  readonly subject: EvidenceTarget;
  /** The manifest that holds it now. */
  readonly manifest: Digest;
  readonly route: Attached['route'];
}
