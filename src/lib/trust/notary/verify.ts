import type { NotarySignature } from '../signed.ts';
import type { Crl } from '../x509/revocation/crl.ts';
import type { OcspResponse } from '../x509/revocation/ocsp.ts';
import type { NotaryAction, NotaryOutcome } from './outcome.ts';
import type { NotaryStores } from './stores.ts';

/** What failed checks do. Integrity has no row: it is always enforced. */
export interface NotaryRules {
  readonly authenticity: Exclude<NotaryAction, 'skip'>;
  readonly authenticTimestamp: Exclude<NotaryAction, 'skip'>;
  readonly expiry: Exclude<NotaryAction, 'skip'>;
  readonly revocation: NotaryAction;
  /** Whether a timestamp is needed as long as the certificates are valid; it always is afterwards. */
  readonly verifyTimestamp: 'always' | 'afterCertExpiry';
}

export interface NotaryOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly rules: NotaryRules;
  /** From `parseIdentity`, one of them has to fit; none fits where the list is empty. */
  readonly identities: 'any' | readonly ReadonlyMap<string, string>[];
  readonly crls: readonly Crl[];
  readonly ocspResponses: readonly OcspResponse[];
}

/** Verifies one signature (Notary Project, trust-store-trust-policy.md, Signature Verification Details). Throws nothing: what is wrong is in the checks. */
export declare function verifyNotary(
  signature: NotarySignature,
  stores: NotaryStores,
  options: NotaryOptions,
): NotaryOutcome;
