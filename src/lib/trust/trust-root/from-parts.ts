import type { TrustRoot } from './trust-root.ts';

/** PEM texts as cosign takes them: `--ca-roots`, `SIGSTORE_REKOR_PUBLIC_KEY`, `SIGSTORE_CT_LOG_PUBLIC_KEY_FILE`, `--timestamp-certificate-chain`. */
export interface TrustRootParts {
  readonly object: string;
  /** Certificates of the authorities: issuer of leaves first, root last; each self-signed one ends a chain. */
  readonly caPem?: readonly string[];
  readonly rekorKeyPem?: readonly string[];
  readonly ctKeyPem?: readonly string[];
  /** Leaf first where it is known, root last; one text for each authority. */
  readonly tsaPem?: readonly string[];
}

/** A trust root out of files that somebody keeps apart. Nothing in it ends or begins. Throws as `parseTrustRoot` does. */
export declare function trustRootFromParts(parts: TrustRootParts): TrustRoot;
