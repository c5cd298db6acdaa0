import type { TrustConfiguration } from './configuration.ts';

/** What the flags of `plimsoll verify` say, files not yet read. */
export interface TrustFlags {
  /** Files with a public key; a signature by one of them is enough. */
  readonly keys: readonly string[];
  /** Keyless: all three together, or none. */
  readonly identity: string | null;
  readonly issuer: string | null;
  /** A trusted_root.json. With keys: where their log entries are checked; without it none is asked for. */
  readonly trustedRoot: string | null;
}

/** A configuration of one rule for every image, which needs one signature by one of these. Throws `TRUST_FLAGS_INVALID`. */
export declare function trustFromFlags(
  flags: TrustFlags,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<TrustConfiguration>;
