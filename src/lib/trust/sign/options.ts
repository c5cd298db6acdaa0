import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { parseSubjectPublicKeyInfo } from '../keys/public-key.ts';
import type { TrustedKey } from '../signed.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import type { KeylessIdentity, LogRequest, Witnesses } from './witness.ts';

/** What every format is signed with besides the key. */
export interface SignOptions {
  /** Milliseconds since 1970: what the artifact says of its time, and what witnesses and certificates are held against. */
  readonly now: number;
  readonly signal?: AbortSignal;
  /** Who is asked about the signature once it is made, each in its turn. Nobody, by default. */
  readonly witnesses?: Witnesses;
  /** Under it all of it has to verify as it is read back: certificate, timestamps, log entries. */
  readonly root?: TrustRoot;
}

/** What Sigstore's formats are signed with besides. */
export interface SigstoreOptions extends SignOptions {
  /** The certificates of the key: then the signature is theirs. By default it is the key's, and verified with the key. */
  readonly chain?: KeylessIdentity['chain'];
}

/** A private key with its public half, ready to verify what it signs. */
export interface Signer {
  readonly key: SigningKey;
  readonly trusted: TrustedKey;
  /** DER, leaf first; empty for a signature by the key alone. */
  readonly chain: readonly Uint8Array[];
}

/** Throws `KEY_INVALID`. */
export function signerOf(key: SigningKey, chain: readonly Uint8Array[] = []): Signer {
  return { key, trusted: parseSubjectPublicKeyInfo(key.publicKey, key.name), chain };
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

/** What verifies a signature, as log entries name it. */
export function logVerifier({ chain: [leaf], trusted }: Signer): LogRequest['verifier'] {
  return leaf === undefined ? { kind: 'public-key', der: trusted.spki } : { kind: 'certificate', der: leaf };
}
