import type { Digest } from '#base/digest.ts';
import type { AttachmentRoute } from './attachment.ts';

/**
 * What `verify` and `evidence` say of one image: the document that `-o json` writes as it is. `evidence-schema.ts` holds
 * the same shape for validators. Times are ISO 8601 UTC.
 */
export interface EvidenceReport {
  /** Raised in its second part when members are added, in its first when a member changes or goes. */
  readonly schemaVersion: '1.2';
  readonly kind: 'verification' | 'evidence';
  readonly tool: { readonly name: 'plimsoll'; readonly version: string };
  readonly image: EvidenceImage;
  /** The trust configuration that was judged by; null when there was none, and then nothing is trusted. */
  readonly trust: TrustInUse | null;
  /** Every thing that hangs on the image, subject by subject in the order of `image.subjects`. */
  readonly evidence: readonly Evidence[];
  /** What could not be read: it may hide evidence, so it is never passed over. */
  readonly problems: readonly EvidenceProblem[];
  /** The answer; null for `evidence` without a configuration. */
  readonly verification: Verification | null;
  /** `cached` when an earlier acceptance, still valid, was taken and nothing was read. */
  readonly content: 'read' | 'cached';
}

export interface EvidenceImage {
  /** As the user wrote it. */
  readonly reference: string;
  /** `registry/path`, normalised; null for files of this machine. */
  readonly repository: string | null;
  /** The index first, when the reference names one. */
  readonly subjects: readonly EvidenceTarget[];
}

export interface EvidenceTarget {
  readonly kind: 'index' | 'manifest';
  readonly digest: Digest;
  /** `os/architecture[/variant]`, where the index says; null otherwise. */
  readonly platform: string | null;
}

export interface TrustInUse {
  readonly name: string;
  /** Of all that decides: the document and the files it names. */
  readonly digest: Digest;
}

/** One thing said of a subject, with the judgement of every signature over it. */
export interface Evidence {
  readonly subject: Digest;
  readonly kind: 'signature' | 'attestation';
  /** A member of the family of evidence formats. */
  readonly format: string;
  readonly route: AttachmentRoute;
  /** The manifest that holds it. */
  readonly attachment: Digest;
  /** The blob in it. */
  readonly blob: Digest;
  /** As signed; null for signatures that make no statement. */
  readonly predicateType: string | null;
  /** What the predicate says in a few words; empty for signatures. */
  readonly says: readonly EvidenceSaying[];
  /** What policies ask of it; absent for what is no provenance, verification summary or test result. Worth what `accepted` says. */
  readonly states?: EvidenceStates;
  /** True when at least one signature was accepted for a signer of the configuration. */
  readonly trusted: boolean;
  /** False for what nobody signed. */
  readonly signed: boolean;
  /** Of what is not trusted: who each signature says to be by, in words. Nothing of it has been shown to be true. */
  readonly claims: readonly string[];
  readonly accepted: readonly AcceptedSignature[];
  readonly rejected: readonly RejectedSignature[];
  /** The newest statement of its kind and signer about the same manifest; null for that one, and for what nobody is trusted to say. */
  readonly supersededBy: SupersedingEvidence | null;
}

export interface SupersedingEvidence {
  readonly attachment: Digest;
  readonly blob: Digest;
  /** Of that one. */
  readonly time: string;
  /** Whether somebody vouches for its time, or it is what the statement says of itself. */
  readonly timeFrom: 'verified-time' | 'predicate-time';
}

/** A member that a statement says nothing of is empty. */
export interface EvidenceStates {
  readonly builder: string;
  readonly buildType: string;
  /** Where the source is from, with its ref behind an `@`. */
  readonly source: string;
  /** Of a test or summary: `PASSED`, `FAILED`, `WARNED`. */
  readonly result: string;
  /** SLSA build levels above 0 that the trust configuration lets each accepted signer say. */
  readonly levels: readonly { readonly signer: string; readonly level: number }[];
  /** Images among what went into the build, as the builder names them. */
  readonly images: readonly { readonly name: string; readonly digest: Digest | null }[];
}

export interface EvidenceSaying {
  /** `builder`. */
  readonly label: string;
  readonly value: string;
}

export interface AcceptedSignature {
  /** The name of the signer in the configuration. */
  readonly signer: string;
  readonly operator: string;
  readonly identity: EvidenceIdentity;
  readonly times: readonly EvidenceTime[];
  /** Entries in transparency logs: log and index. */
  readonly logs: readonly EvidenceLogEntry[];
  /** Checks that failed and that the configuration only logs, each with its reason. */
  readonly notes: readonly string[];
}

export interface EvidenceIdentity {
  readonly kind: 'key' | 'keyless' | 'x509';
  /** A key's fingerprint, a certificate's subject or subject alternative name. */
  readonly name: string;
  /** The OIDC issuer, or the certificate's; null for a key. */
  readonly issuer: string | null;
}

export interface EvidenceTime {
  readonly source: 'timestamp-authority' | 'transparency-log' | 'signing-authority';
  readonly time: string;
  readonly authority: string;
}

export interface EvidenceLogEntry {
  readonly log: string;
  /** Decimal: it may be larger than a JSON number holds. */
  readonly index: string;
}

/** Why something does not count: for one signer, or for all. */
export interface RejectedSignature {
  /** The signer it was tried for; null when no signer was asked, since the content itself was refused. */
  readonly signer: string | null;
  /** `SIGNATURE_INVALID`, `SUBJECT_MISMATCH`, … */
  readonly code: string;
  /** The object, what was expected, what was found. */
  readonly reason: string;
}

export interface EvidenceProblem {
  readonly subject: Digest;
  readonly route: AttachmentRoute;
  readonly attachment: Digest | null;
  readonly code: string;
  readonly reason: string;
}

/** The answer to the trust configuration, for each image that the reference names. */
export interface Verification {
  /**
   * Accepted only when every rule of every image is met, and there is one. `unknown`: not met, and a place where the
   * missing evidence may be did not answer.
   */
  readonly outcome: 'accepted' | 'refused' | 'unknown';
  /** Sentence parts, one for each thing that is missing; empty when accepted. */
  readonly reasons: readonly string[];
  readonly rules: readonly VerifiedRule[];
  /** The first instant at which time alone could turn an acceptance; null when none is known or it was refused. */
  readonly validUntil: string | null;
}

/** One rule for one image. */
export interface VerifiedRule {
  readonly rule: string;
  /** The manifest of the image that was judged; the index where the reference names nothing below it. */
  readonly image: Digest;
  readonly platform: string | null;
  readonly outcome: 'accepted' | 'refused';
  /** Sentence parts, one for each requirement that is not met. */
  readonly reasons: readonly string[];
  readonly requirements: readonly VerifiedRequirement[];
}

export interface VerifiedRequirement {
  /** What is asked, in words: `signature by 2 of release, security`. */
  readonly requirement: string;
  readonly outcome: 'accepted' | 'refused';
  /** Distinct operators needed and found; 0 needed where the rule refuses whatever is there. */
  readonly needed: number;
  readonly found: number;
  /** Blobs of the evidence that counts. */
  readonly accepted: readonly CountedEvidence[];
  /** Everything of the right kind that was looked at and does not count, and why. */
  readonly rejected: readonly RefusedEvidence[];
}

export interface CountedEvidence {
  readonly subject: Digest;
  readonly blob: Digest;
  readonly signer: string;
  readonly operator: string;
}

export interface RefusedEvidence {
  readonly subject: Digest;
  readonly attachment: Digest;
  readonly blob: Digest | null;
  readonly signer: string | null;
  readonly code: string;
  readonly reason: string;
}
