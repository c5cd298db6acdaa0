import type { Certificate } from '../certificate.ts';

/** Where a certificate says its status can be asked: `http:` URLs without credentials, in its order. */
export interface RevocationSources {
  readonly ocsp: readonly string[];
  readonly crls: readonly string[];
  readonly deltaCrls: readonly string[];
}

/** Throws `CERTIFICATE_INVALID` for an extension that is not well formed; passes over names that are not such URLs. */
export declare function revocationSources(certificate: Certificate): RevocationSources;
