export interface TrustRootRefresh {
  /** Where `timestamp.json` is. */
  readonly metadataUrl: string;
  readonly targetBaseUrl: string;
  /** The `root.json` that the user trusts to begin with. Once `folder` has a newer one that it leads to, that counts. */
  readonly rootJson: Uint8Array;
  /** Keeps what was seen, so that nobody can go back to something older. One folder for each repository. */
  readonly folder: string;
  /** Null where the server says that there is no such file (404, 403). Must not give more than `maxBytes`. */
  readonly fetchBytes: (url: string, maxBytes: number, signal: AbortSignal) => Promise<Uint8Array | null>;
  readonly signal: AbortSignal;
  /** Defaults to `trusted_root.json`. */
  readonly target?: string;
}

export interface RefreshedTrustRoot {
  readonly bytes: Uint8Array;
  /** Of the targets metadata. */
  readonly version: number;
}

/**
 * Fetches the current trust root over The Update Framework (TUF 1.0). The only function of `lib/trust` that reaches for the
 * network, and only through `fetchBytes`; nothing calls it on its own account. Whether metadata has expired is judged by the machine's
 * clock: tuf-js takes no other. Throws `TRUST_ROOT_REFRESH_FAILED`.
 */
export declare function refreshTrustRoot(refresh: TrustRootRefresh): Promise<RefreshedTrustRoot>;
