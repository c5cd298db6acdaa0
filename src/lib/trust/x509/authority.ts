import type { Certificate } from './certificate.ts';
import type { PathOptions } from './path.ts';

/** When an authority of a trust root may be believed, in milliseconds since 1970, both inclusive; null for no bound. */
export interface ValidFor {
  readonly start: number | null;
  readonly end: number | null;
}

/** A certificate authority of a trust root, its chain verified once, so that a leaf costs one signature. */
export interface CertificateAuthority {
  /** For messages and results: its URI. */
  readonly name: string;
  /** The issuer of leaves first, the trust anchor last. */
  readonly certificates: readonly Certificate[];
  readonly validFor: ValidFor;
}

/** Checks the links of the chain but no dates. Throws `CHAIN_INVALID` and what `verifyIssuedBy` throws. */
export declare function certificateAuthority(description: {
  readonly name: string;
  readonly certificates: readonly Certificate[];
  readonly validFor: ValidFor;
}): CertificateAuthority;

/**
 * The path from a leaf to the first of the authorities that issued it and was to be believed at the time. `intermediates`
 * (anybody's) are tried where no authority issued the leaf directly. Throws `CHAIN_INVALID`, `CERTIFICATE_OUTSIDE_VALIDITY`.
 */
export declare function verifyByAuthority(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  authorities: readonly CertificateAuthority[],
  options: PathOptions & { readonly time: number },
): { readonly path: readonly Certificate[]; readonly authority: CertificateAuthority };
