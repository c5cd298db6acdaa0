import type { Certificate } from './certificate.ts';

/** What the leaf must be made for. The rules of each are in `purposes.ts`. */
export type CertificatePurpose =
  /** Fulcio's leaves (certificate-specification.md): code signing. */
  | 'code-signing'
  /** Notary Project (signature-specification.md, Certificate Requirements). */
  | 'notary'
  /** RFC 3161 section 2.3. */
  | 'timestamping';

export interface PathOptions {
  /**
   * Milliseconds since 1970, from a verified source: every certificate must be valid then. Null only for a caller that
   * judges validity by itself with `assertValidAt` (the Notary Project reports it apart from authenticity).
   */
  readonly time: number | null;
  readonly purpose: CertificatePurpose;
}

/**
 * A path from the leaf to one of the roots (RFC 5280 section 6), leaf first and root last. Roots are trusted as they are,
 * self-signed or not; intermediates are anybody's. Throws `CHAIN_INVALID`, `CERTIFICATE_OUTSIDE_VALIDITY` and what `verifyIssuedBy` throws.
 */
export declare function buildPath(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  roots: readonly Certificate[],
  options: PathOptions,
): readonly Certificate[];

/**
 * The same for a chain that must be whole and in order: leaf first, a self-signed root last, each issued by the next and
 * none besides. Says nothing of trust: the caller looks for a trusted certificate in it.
 */
export declare function verifyWholeChain(chain: readonly Certificate[], options: PathOptions): void;

/** Throws `CERTIFICATE_OUTSIDE_VALIDITY` for the first certificate that is not valid at the time. */
export declare function assertValidAt(path: readonly Certificate[], time: number): void;
