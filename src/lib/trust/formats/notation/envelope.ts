import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { NotarySignature } from '../../signed.ts';
import { invalid } from './signed-attributes.ts';

/** An envelope taken apart: the signature, and the payload that it covers. */
export interface NotaryEnvelope {
  readonly signature: NotarySignature;
  readonly payload: Uint8Array;
}

/** Throws `LIMIT_EXCEEDED`. */
export function assertEnvelopeSize(bytes: Uint8Array, object: string): void {
  if (bytes.length > LIMITS.signatureEnvelopeBytes) {
    throw limitExceeded(object, LIMITS.signatureEnvelopeBytes, 'bytes', bytes.length);
  }
}

/** Throws `ENVELOPE_INVALID` for none, `LIMIT_EXCEEDED` for more than can be of use. */
export function assertCertificateCount(count: number, object: string): void {
  if (count === 0) {
    throw invalid(object, 'the certificates of the signer, leaf first and root last', 'none');
  }
  if (count > LIMITS.signatureCertificates) {
    throw limitExceeded(object, LIMITS.signatureCertificates, 'certificates', count);
  }
}
