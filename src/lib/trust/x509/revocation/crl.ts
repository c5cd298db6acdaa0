/** A certificate revocation list (RFC 5280 section 5), read and not yet verified. */
export interface Crl {
  readonly object: string;
}

/** Throws `REVOCATION_INVALID`, `DER_INVALID`. */
export declare function parseCrl(der: Uint8Array, object: string): Crl;
