import type { KeyObject } from 'node:crypto';
import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import { parsePublicKey, parseSubjectPublicKeyInfo } from '../keys/public-key.ts';
import { type SignatureAlgorithm, verifyBytes } from '../keys/verify-bytes.ts';

/** The public key of a log, and how that log signs. */
export interface LogKey {
  readonly key: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
}

interface KeyDetails {
  readonly algorithm: SignatureAlgorithm;
  readonly type: 'ec' | 'ed25519' | 'rsa';
  /** The curve as OpenSSL calls it. */
  readonly curve?: string;
  /** The only length of the modulus, where the name has one. */
  readonly bits?: number;
}

/** Sigstore's `PublicKeyDetails` (protobuf-specs, sigstore_common.proto), as far as a log signs with them. */
const DETAILS: ReadonlyMap<string, KeyDetails> = new Map<string, KeyDetails>([
  ['PKIX_ECDSA_P256_SHA_256', { type: 'ec', curve: 'prime256v1', algorithm: 'ecdsa-sha256' }],
  ['PKIX_ECDSA_P384_SHA_384', { type: 'ec', curve: 'secp384r1', algorithm: 'ecdsa-sha384' }],
  ['PKIX_ECDSA_P384_SHA_256', { type: 'ec', curve: 'secp384r1', algorithm: 'ecdsa-sha256' }],
  ['PKIX_ECDSA_P521_SHA_512', { type: 'ec', curve: 'secp521r1', algorithm: 'ecdsa-sha512' }],
  ['PKIX_ECDSA_P521_SHA_256', { type: 'ec', curve: 'secp521r1', algorithm: 'ecdsa-sha256' }],
  ['PKIX_ED25519', { type: 'ed25519', algorithm: 'ed25519' }],
  ['PKCS1_RSA_PKCS1V5', { type: 'rsa', algorithm: 'rsa-pkcs1-sha256' }],
  ['PKIX_RSA_PKCS1V5', { type: 'rsa', algorithm: 'rsa-pkcs1-sha256' }],
  ['PKIX_RSA_PKCS1V15_2048_SHA256', { type: 'rsa', bits: 2048, algorithm: 'rsa-pkcs1-sha256' }],
  ['PKIX_RSA_PKCS1V15_3072_SHA256', { type: 'rsa', bits: 3072, algorithm: 'rsa-pkcs1-sha256' }],
  ['PKIX_RSA_PKCS1V15_4096_SHA256', { type: 'rsa', bits: 4096, algorithm: 'rsa-pkcs1-sha256' }],
]);

/** The kind of key that signs as is usual for it, where nothing but the key is at hand. */
const USUAL: readonly string[] = [
  'PKIX_ECDSA_P256_SHA_256',
  'PKIX_ECDSA_P384_SHA_384',
  'PKIX_ECDSA_P521_SHA_512',
  'PKIX_ED25519',
  'PKIX_RSA_PKCS1V5',
];

/** The key in a SubjectPublicKeyInfo, which has to be what Sigstore's name for it says. Throws `KEY_INVALID`, `DER_INVALID`. */
export function parseLogKey(der: Uint8Array, detailsName: string, object: string): LogKey {
  const details = DETAILS.get(detailsName);
  if (details === undefined) {
    throw new TrustError('KEY_INVALID', 'a kind of key that no log may have', {
      object,
      expected: `one of ${[...DETAILS.keys()].join(', ')}`,
      found: quote(detailsName, 60),
    });
  }
  const { key } = parseSubjectPublicKeyInfo(der, object);
  if (!is(key, details)) {
    throw new TrustError('KEY_INVALID', 'not the kind of key that it is said to be', {
      object,
      expected: detailsName,
      found: described(key),
    });
  }
  return { key, spki: key.export({ type: 'spki', format: 'der' }), algorithm: details.algorithm };
}

/** A log's key as PEM or DER, signing as is usual for its kind. Throws `KEY_INVALID`, `PEM_INVALID`, `BASE64_INVALID`, `DER_INVALID`. */
export function logKeyOf(pemOrDer: Uint8Array | string, object: string): LogKey {
  const { key } = parsePublicKey(pemOrDer, object);
  for (const name of USUAL) {
    const details = DETAILS.get(name);
    if (details !== undefined && is(key, details)) {
      return { key, spki: key.export({ type: 'spki', format: 'der' }), algorithm: details.algorithm };
    }
  }
  throw new TrustError('KEY_INVALID', 'a kind of key that no log may have', {
    object,
    expected: `one of ${USUAL.join(', ')}`,
    found: described(key),
  });
}

/** Throws `SIGNATURE_INVALID` unless the log signed these bytes. */
export function verifyByLog(key: LogKey, bytes: Uint8Array, signature: Uint8Array, object: string): void {
  verifyBytes({ key: key.key, algorithm: key.algorithm, bytes, signature, object });
}

function is(key: KeyObject, details: KeyDetails): boolean {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  return (
    key.asymmetricKeyType === details.type &&
    (details.curve === undefined || details.curve === namedCurve) &&
    (details.bits === undefined || details.bits === modulusLength)
  );
}

function described(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  return [key.asymmetricKeyType ?? 'an unknown kind', namedCurve ?? modulusLength ?? ''].join(' ').trim();
}
