import type { Log } from '../trust-root/trust-root.ts';
import type { Certificate } from '../x509/certificate.ts';

/** A log's promise to list a certificate, verified. */
export interface VerifiedSct {
  readonly log: string;
  readonly operator: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * Verifies the certificate's embedded SCTs (RFC 6962 sections 3.2 and 3.3): at least one by a log of the trust root that was
 * valid at its time. Gives every one that is right. Throws `SCT_INVALID` saying what was wrong with each.
 */
export declare function verifySct(
  leaf: Certificate,
  issuer: Certificate,
  ctLogs: readonly Log[],
): readonly VerifiedSct[];
