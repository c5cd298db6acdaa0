import type { Certificate } from '../certificate.ts';
import type { Crl } from './crl.ts';
import type { OcspResponse } from './ocsp.ts';

export type RevocationStatus =
  | { readonly kind: 'good'; readonly source: 'crl' | 'ocsp' }
  | {
      readonly kind: 'revoked';
      readonly source: 'crl' | 'ocsp';
      /** Milliseconds since 1970. */
      readonly at: number;
      /** A CRLReason by its name in RFC 5280 section 5.3.1; `unspecified` where none is given. */
      readonly reason: string;
    }
  /** Nothing usable was at hand. Never to be taken for good where revocation is enforced. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** It names nowhere to ask, and nothing at hand covers it. */
  | { readonly kind: 'not-published' }
  /** The trust anchor: nobody above it could revoke it. */
  | { readonly kind: 'anchor' };

/** One status for each certificate of a verified path, leaf first. Pure; what cannot be used is named in the reason. */
export declare function checkRevocation(
  path: readonly Certificate[],
  evidence: { readonly crls: readonly Crl[]; readonly ocspResponses: readonly OcspResponse[]; readonly now: number },
): readonly RevocationStatus[];
