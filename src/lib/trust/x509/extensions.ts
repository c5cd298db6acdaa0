/** An extension as it stands in a certificate, CRL or OCSP response (RFC 5280 section 4.1). */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The contents of its OCTET STRING: DER of the type that the OID implies. */
  readonly value: Uint8Array;
  /** The whole Extension in DER. */
  readonly raw: Uint8Array;
}

export interface BasicConstraints {
  readonly ca: boolean;
  /** How many intermediates may stand between this certificate and a leaf; null for any number. */
  readonly pathLength: number | null;
}

export type KeyUsage =
  | 'digitalSignature'
  | 'contentCommitment'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

/** A GeneralName (RFC 5280 section 4.2.1.6). */
export type GeneralName =
  | { readonly kind: 'email' | 'uri' | 'dns' | 'ip'; readonly value: string }
  | {
      readonly kind: 'other';
      /** The OID of an otherName (Fulcio's user names: 1.3.6.1.4.1.57264.1.7), or `directoryName`, `registeredID`, … */
      readonly type: string;
      /** The text of an otherName that is one; else the hex of its DER. */
      readonly value: string;
    };
