import type { Certificate } from './certificate.ts';

/** Throws `SIGNATURE_INVALID`, `ALGORITHM_REFUSED`, `KEY_INVALID`. Names, dates and rights are not looked at. */
export declare function verifyIssuedBy(child: Certificate, issuer: Certificate): void;
