import type { VerifiedSignature } from '../signed.ts';

/** What is checked of a signature, in this order (Notary Project, trust-store-trust-policy.md, Signature Verification Details). */
export type NotaryCheckName = 'integrity' | 'authenticity' | 'authenticTimestamp' | 'expiry' | 'revocation';

/** What a failed check does: refuse the signature, or be told. */
export type NotaryAction = 'enforce' | 'log' | 'skip';

export interface NotaryCheck {
  readonly check: NotaryCheckName;
  readonly action: NotaryAction;
  readonly outcome: NotaryCheckOutcome;
}

export type NotaryCheckOutcome =
  | { readonly kind: 'passed' }
  /** Under `log` the signature may count all the same. */
  | {
      readonly kind: 'failed';
      /** The error's code: `SIGNER_UNTRUSTED`. */
      readonly code: string;
      readonly reason: string;
    }
  /** Not looked at: the configuration says so, or a check before it failed. */
  | { readonly kind: 'skipped'; readonly reason: string };

/** What verifying one signature of the Notary Project gave. */
export interface NotaryOutcome {
  /** No enforced check failed or was left out. Does not say that somebody is known: see `verified`. */
  readonly accepted: boolean;
  /** Who signed: null unless integrity and authenticity both passed, even where authenticity is only logged. */
  readonly verified: VerifiedSignature | null;
  /**
   * Milliseconds since 1970: the first instant at which time alone could turn an accepted signature into a refused one;
   * null where none could, and of one that is refused.
   */
  readonly validUntil: number | null;
  /** All five, in order. */
  readonly checks: readonly NotaryCheck[];
}
