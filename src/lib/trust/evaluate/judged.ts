import type { Attachment, EvidenceSubject } from '#model/attachment.ts';
import type { Predicate } from '../attestations/predicates/predicate.ts';
import type { TrustedSigner } from '../configuration/index.ts';
import type { SignedContent, VerifiedSignature } from '../signed.ts';

/** Signed content with what it says, bound to the image, and the judgement of every signature over it. */
export interface Judged {
  readonly subject: EvidenceSubject;
  readonly attachment: Attachment;
  readonly content: SignedContent;
  /** Null when it could not be read or is about something else; `rejected` then says why and nothing is accepted. */
  readonly claim: Claim | null;
  readonly accepted: readonly Accepted[];
  readonly rejected: readonly Rejected[];
}

/** What content says of the manifest that it hangs on. */
export type Claim =
  /** That it is the one that was signed. */
  | {
      readonly kind: 'signature';
      readonly predicateType: string | null;
      /** What the signer calls the image; null where the format has no word for it. */
      readonly reference: string | null;
    }
  | { readonly kind: 'attestation'; readonly predicateType: string; readonly predicate: Predicate };

export interface Accepted {
  readonly signer: TrustedSigner;
  readonly verified: VerifiedSignature;
  /** Failed checks that the configuration only logs. */
  readonly notes: readonly string[];
  /** The first instant at which the passing of time alone may turn it; null when none is known. Milliseconds since 1970. */
  readonly validUntil: number | null;
}

export interface Rejected extends Fault {
  /** Null when it counts for nobody. */
  readonly signer: TrustedSigner | null;
}

/** Why something does not count. */
export interface Fault {
  /** Of an error: `SIGNATURE_INVALID`. */
  readonly code: string;
  /** The object, what was expected, what was found. */
  readonly reason: string;
}
