/** A successful OCSP response (RFC 6960), read and not yet verified. */
export interface OcspResponse {
  readonly object: string;
}

/** Throws `REVOCATION_INVALID`, `DER_INVALID`. */
export declare function parseOcspResponse(der: Uint8Array, object: string): OcspResponse;
