import type { SigstoreSignature } from '../../signed.ts';

/** A Sigstore bundle, read and not yet believed. */
export interface Bundle {
  readonly version: BundleVersion;
  readonly signature: SigstoreSignature;
}

export type BundleVersion = '0.1' | '0.2' | '0.3';

/**
 * Reads a bundle (sigstore/protobuf-specs, sigstore_bundle.proto). `artifact` is needed for a bundle with a message
 * signature, whose signed bytes are not inside. Throws `ENVELOPE_INVALID`, `SUBJECT_MISMATCH` (the artifact is another one),
 * `ENVELOPE_UNSUPPORTED` (a message signature without its artifact), `BASE64_INVALID`, `JSON_…`.
 */
export declare function readBundle(bytes: Uint8Array, object: string, artifact?: Uint8Array): Bundle;
