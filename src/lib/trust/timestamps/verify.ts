import type { Certificate } from '../x509/certificate.ts';
import type { TimestampAuthority } from './authority.ts';

export interface VerifiedTimestamp {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds by which the authority may be off, either way (RFC 3161 section 2.4.2). */
  readonly accuracy: number;
  /** The name of the authority that vouches. */
  readonly authority: string;
  /** Leaf first, trust anchor last: for who wants to ask about revocation. */
  readonly path: readonly Certificate[];
}

/**
 * Verifies an RFC 3161 token over `message`: a TimeStampToken, or a whole TimeStampResp as Sigstore keeps it. The token
 * must be signed by one of the authorities at a time at which it may be believed. Throws `TIMESTAMP_INVALID`,
 * `SIGNATURE_INVALID`, `CHAIN_INVALID`, `CERTIFICATE_OUTSIDE_VALIDITY`, `DER_INVALID`.
 */
export declare function verifyTimestamp(
  token: Uint8Array,
  message: Uint8Array,
  authorities: readonly TimestampAuthority[],
  object: string,
): VerifiedTimestamp;
