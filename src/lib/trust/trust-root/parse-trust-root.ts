import type { TrustRoot } from './trust-root.ts';

/**
 * Reads Sigstore's `trusted_root.json`, of media types v0.1 (either spelling) and v0.2. Keys and chains are made once, so
 * keep the result. A log or authority without a beginning is refused. Throws `TRUST_ROOT_INVALID`, `KEY_INVALID`, `CHAIN_INVALID`, …
 */
export declare function parseTrustRoot(bytes: Uint8Array, object: string): TrustRoot;
