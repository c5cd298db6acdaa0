import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { parseSubjectPublicKeyInfo } from '../keys/public-key.ts';
import type { TrustedKey } from '../signed.ts';

export interface SignOptions {
  /** Milliseconds since 1970: what the artifact says of its time. Nobody has to believe it. */
  readonly now: number;
  readonly signal?: AbortSignal;
}

/** A private key with its public half, ready to verify what it signs. Throws `KEY_INVALID`. */
export interface Signer {
  readonly key: SigningKey;
  readonly trusted: TrustedKey;
}

export function signerOf(key: SigningKey): Signer {
  return { key, trusted: parseSubjectPublicKeyInfo(key.publicKey, key.name) };
}

/**
 * How Sigstore's formats are signed by a key of this kind. ECDSA with SHA-256 whatever the curve: cosign asks nothing else
 * of a key unless told to, and skopeo and podman cannot be told.
 */
export function sigstoreScheme({ trusted }: Signer): SigningScheme {
  switch (trusted.key.asymmetricKeyType) {
    case 'rsa':
      return 'rsa-pkcs1-sha256';
    case 'ed25519':
      return 'ed25519';
    default:
      return 'ecdsa-sha256';
  }
}
