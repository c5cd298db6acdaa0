import type { Digest } from '#base/digest.ts';

/** How bytes are signed; the scheme decides the hash, and how a signature is written. */
export type SigningScheme =
  /** ECDSA, the signature as DER (RFC 3279 section 2.2.3). Hash by curve: P-256 SHA-256, P-384 SHA-384, P-521 SHA-512. */
  | 'ecdsa'
  /** The same with a fixed hash, as cosign's legacy signatures are verified by default. */
  | 'ecdsa-sha256'
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  | 'rsa-pkcs1-sha256'
  /** RSASSA-PSS, salt as long as the hash: SHA-256 for 2048 bits, SHA-384 for 3072, SHA-512 for 4096. */
  | 'rsa-pss'
  /** Ed25519 over the bytes themselves (RFC 8032). */
  | 'ed25519';

/** A private key, wherever it is kept. It never leaves its driver. */
export interface SigningKey {
  /** For messages and results: the URI it was opened by, without secrets. */
  readonly name: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** SHA-256 of `publicKey`. */
  readonly fingerprint: Digest;
  /** Signs `bytes` (not a hash of them). Throws `KeyError` of the driver. */
  sign(bytes: Uint8Array, scheme: SigningScheme, signal?: AbortSignal): Promise<Uint8Array>;
  /** Forgets the key; a second call does nothing. */
  close(): Promise<void>;
}
