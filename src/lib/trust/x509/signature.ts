import { constants, type KeyObject, verify } from 'node:crypto';
import { contextTag, TAG } from '../encoding/der.ts';
import { integerOf } from '../encoding/der-values.ts';
import { TrustError } from '../error.ts';
import { type AlgorithmIdentifier, algorithmOf, hasNoParameters } from './algorithm.ts';
import type { Certificate } from './certificate.ts';

export type HashName = 'sha256' | 'sha384' | 'sha512';

/** How to verify a signature; `hash` is null for Ed25519, which hashes by itself. */
export interface SignatureScheme {
  readonly kind: 'rsa' | 'rsa-pss' | 'ec' | 'ed25519';
  readonly hash: HashName | null;
}

/** RFC 4055, 5758, 8410. Without MD5 and SHA-1: two certificates with one signature can be made of them. */
const SCHEMES: ReadonlyMap<string, SignatureScheme> = new Map([
  ['1.2.840.113549.1.1.11', { kind: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { kind: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { kind: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.4.3.2', { kind: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { kind: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { kind: 'ec', hash: 'sha512' }],
  ['1.3.101.112', { kind: 'ed25519', hash: null }],
]);
const RSA_PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const HASHES: ReadonlyMap<string, HashName> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);
const HASH_OCTETS: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** Of refused algorithms that people still meet, so that messages can name them. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.4', 'MD5 with RSA'],
  ['1.2.840.113549.1.1.5', 'SHA-1 with RSA'],
  ['1.2.840.10045.4.1', 'SHA-1 with ECDSA'],
  ['1.3.14.3.2.26', 'SHA-1'],
  ['1.2.840.113549.2.5', 'MD5'],
]);

/** SHA-256, SHA-384 or SHA-512 by its AlgorithmIdentifier. Throws `ALGORITHM_REFUSED`. */
export function hashNameOf(algorithm: AlgorithmIdentifier, object: string): HashName {
  const hash = HASHES.get(algorithm.oid);
  if (hash === undefined || !hasNoParameters(algorithm)) {
    throw refused(object, 'SHA-256, SHA-384 or SHA-512', algorithm.oid);
  }
  return hash;
}

/** The scheme that an AlgorithmIdentifier names, its parameters checked. Throws `ALGORITHM_REFUSED`, `DER_INVALID`. */
export function schemeOf(algorithm: AlgorithmIdentifier, object: string): SignatureScheme {
  if (algorithm.oid === RSA_PSS) {
    return { kind: 'rsa-pss', hash: pssHashOf(algorithm, object) };
  }
  const scheme = SCHEMES.get(algorithm.oid);
  if (scheme === undefined) {
    throw refused(object, 'a signature by RSA or ECDSA with SHA-2, or Ed25519', algorithm.oid);
  }
  // RFC 5758 section 3.2, RFC 8410 section 3: absent. RFC 4055 section 5: NULL, and absent accepted.
  if (scheme.kind === 'rsa' ? !hasNoParameters(algorithm) : algorithm.parameters !== null) {
    throw refused(object, 'no parameters of the signature algorithm', `parameters of ${algorithm.oid}`);
  }
  return scheme;
}

/** RSASSA-PSS-params (RFC 4055 section 3.1): the default of each is SHA-1 or made for it, so all must be there. */
function pssHashOf({ parameters }: AlgorithmIdentifier, object: string): HashName {
  const members = parameters?.expect(TAG.sequence, 'the parameters of RSASSA-PSS').children ?? [];
  const [hashAlgorithm, maskGeneration, saltLength] = members;
  if (
    members.length !== 3 ||
    hashAlgorithm?.tag !== contextTag(0) ||
    maskGeneration?.tag !== contextTag(1) ||
    saltLength?.tag !== contextTag(2)
  ) {
    throw refused(object, 'RSASSA-PSS with hash, mask generation and salt length', `${members.length} parameters`);
  }
  const hash = hashNameOf(algorithmOf(hashAlgorithm.child(0, 'a hash')), object);
  const mask = algorithmOf(maskGeneration.child(0, 'a mask generation'));
  const maskHash = mask.parameters === null ? null : hashNameOf(algorithmOf(mask.parameters), object);
  const salt = integerOf(saltLength.child(0, 'a salt length'));
  if (mask.oid !== MGF1 || maskHash !== hash || salt !== BigInt(HASH_OCTETS[hash])) {
    throw refused(
      object,
      `MGF1 with ${hash} and a salt of ${HASH_OCTETS[hash]} octets`,
      `${maskHash} and ${salt.toString(16).slice(0, 20)}`,
    );
  }
  return hash;
}

/**
 * Verifies `signature` over `data` in a scheme that its signer named. The key has to be of the scheme's kind. Throws
 * `SIGNATURE_INVALID`, and `ALGORITHM_MISMATCH` for another kind of key.
 */
export function verifyWithScheme(
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
  key: KeyObject,
  object: string,
): void {
  const kind = scheme.kind === 'rsa-pss' ? 'rsa' : scheme.kind;
  if (key.asymmetricKeyType !== kind) {
    throw new TrustError('ALGORITHM_MISMATCH', 'algorithm and key do not fit', {
      object,
      expected: `a key for ${scheme.kind}`,
      found: `a key of type ${key.asymmetricKeyType ?? 'none'}`,
    });
  }
  const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants;
  const options =
    scheme.kind === 'rsa-pss' && scheme.hash !== null
      ? { key, padding: RSA_PKCS1_PSS_PADDING, saltLength: HASH_OCTETS[scheme.hash] }
      : scheme.kind === 'rsa'
        ? { key, padding: RSA_PKCS1_PADDING }
        : key;
  if (!verify(scheme.hash, data, options, signature)) {
    throw new TrustError('SIGNATURE_INVALID', 'wrong signature', {
      object,
      expected: 'a signature by the key it names',
      found: 'one that does not verify',
    });
  }
}

/**
 * That the issuer's key signed the child. Throws `SIGNATURE_INVALID`, `ALGORITHM_REFUSED`, `ALGORITHM_MISMATCH`,
 * `KEY_INVALID`. Names, dates and rights are not looked at.
 */
export function verifyIssuedBy(child: Certificate, issuer: Certificate): void {
  const scheme = schemeOf(child.signatureAlgorithm, child.object);
  verifyWithScheme(scheme, child.tbs.raw, child.signature, issuer.publicKey, child.object);
}

function refused(object: string, expected: string, found: string): TrustError {
  const name = REFUSED.get(found);
  return new TrustError('ALGORITHM_REFUSED', 'algorithm not accepted', {
    object,
    expected,
    found: name === undefined ? found : `${name} (${found})`,
  });
}
