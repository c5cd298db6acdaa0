import { constants, type KeyObject, verify } from 'node:crypto';
import { isAppError, messageOf, quote } from '#base/error.ts';
import { parseDer, TAG } from '../encoding/der.ts';
import { integerOf } from '../encoding/der-values.ts';
import { TrustError } from '../error.ts';

/** What a signature is made with. The key decides between the families; where it leaves a choice, the format does. */
export type SignatureAlgorithm =
  | 'ecdsa-sha256'
  | 'ecdsa-sha384'
  | 'ecdsa-sha512'
  | 'rsa-pkcs1-sha256'
  | 'rsa-pss-sha256'
  | 'rsa-pss-sha384'
  | 'rsa-pss-sha512'
  | 'ed25519';

export interface SignatureCheck {
  readonly key: KeyObject;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  /** Absent where the format does not state one: then what Sigstore's signers use for the key. */
  readonly algorithm?: SignatureAlgorithm;
  readonly object: string;
}

const PREHASHED =
  'Cosign since 2.3 signs with Ed25519 keys in their prehashed form (Ed25519ph), which cannot be verified here: sign with ECDSA.';

type Hash = 'sha256' | 'sha384' | 'sha512';

/** Order of the curve, and the hash of its size (FIPS 186-5). By the names that OpenSSL gives. */
const CURVES: ReadonlyMap<string, { readonly order: bigint; readonly hash: Hash }> = new Map([
  ['prime256v1', { order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n, hash: 'sha256' }],
  [
    'secp384r1',
    {
      order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
      hash: 'sha384',
    },
  ],
  [
    'secp521r1',
    { order: (1n << 521n) - 0x5ae79787c40d069948033feb708f65a2fc44a36477663b851449048e16ec79bf7n, hash: 'sha512' },
  ],
]);

/**
 * Verifies a signature over bytes. Without a stated algorithm: ECDSA with the hash of the curve's size, and else SHA-256,
 * which cosign uses with every key; RSA PKCS #1 v1.5 with SHA-256; pure Ed25519. An ECDSA signature must be DER with both
 * numbers in range (a high s is legal). Throws `SIGNATURE_INVALID`, or `ALGORITHM_MISMATCH` when the stated algorithm is
 * not one of the key's.
 */
export function verifyBytes(check: SignatureCheck): void {
  const { key, algorithm, object } = check;
  switch (key.asymmetricKeyType) {
    case 'ec':
      return verifyEcdsa(check);
    case 'rsa':
      return verifyRsa(check);
    case 'ed25519':
      if (algorithm !== undefined && algorithm !== 'ed25519') {
        throw mismatch(check);
      }
      return accept(check, [['pure Ed25519', () => verify(null, check.bytes, key, check.signature)]]);
    default:
      throw new TrustError('KEY_INVALID', 'not a key that signatures are verified with', {
        object,
        expected: 'ECDSA, RSA or Ed25519',
        found: quote(key.asymmetricKeyType ?? key.type),
      });
  }
}

function verifyEcdsa(check: SignatureCheck): void {
  const { key, bytes, signature, algorithm, object } = check;
  const curve = CURVES.get(key.asymmetricKeyDetails?.namedCurve ?? '');
  if (curve === undefined) {
    throw new TrustError('KEY_INVALID', 'not a curve that signatures are verified on', {
      object,
      expected: 'P-256, P-384 or P-521',
      found: quote(key.asymmetricKeyDetails?.namedCurve ?? 'none'),
    });
  }
  if (algorithm?.startsWith('ecdsa-') === false) {
    throw mismatch(check);
  }
  assertEcdsaSignature(signature, curve.order, object);
  const attempt = (hash: Hash): Attempt => [
    `ECDSA with ${hash}`,
    () => verify(hash, bytes, { key, dsaEncoding: 'der' }, signature),
  ];
  if (algorithm === undefined) {
    return accept(check, curve.hash === 'sha256' ? [attempt('sha256')] : [attempt(curve.hash), attempt('sha256')]);
  }
  return accept(check, [attempt(hashOf(algorithm))]);
}

function verifyRsa(check: SignatureCheck): void {
  const { key, bytes, signature, algorithm = 'rsa-pkcs1-sha256' } = check;
  if (!algorithm.startsWith('rsa-')) {
    throw mismatch(check);
  }
  const hash = hashOf(algorithm);
  const padding = algorithm.startsWith('rsa-pss-')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { padding: constants.RSA_PKCS1_PADDING };
  accept(check, [[algorithm, () => verify(hash, bytes, { key, ...padding }, signature)]]);
}

/** SEQUENCE { r INTEGER, s INTEGER } in DER, nothing behind it, both in [1, n-1] (RFC 3279 section 2.2.3, FIPS 186-5 section 6.4.2). */
function assertEcdsaSignature(signature: Uint8Array, order: bigint, object: string): void {
  try {
    const numbers = parseDer(signature, object).expect(TAG.sequence, 'an ECDSA signature').children.map(integerOf);
    if (numbers.length !== 2 || numbers.some((number) => number < 1n || number >= order)) {
      throw failed(object, 'two numbers in the range of the curve', 'others');
    }
  } catch (error) {
    if (isAppError(error) && error.code === 'DER_INVALID') {
      throw new TrustError('SIGNATURE_INVALID', 'the signature is not DER', {
        object,
        expected: error.expected ?? 'DER',
        found: error.found ?? 'something else',
        cause: error,
      });
    }
    throw error;
  }
}

type Attempt = readonly [name: string, run: () => boolean];

function accept(check: SignatureCheck, attempts: readonly Attempt[]): void {
  for (const [, run] of attempts) {
    try {
      if (run()) {
        return;
      }
    } catch (error) {
      throw new TrustError('SIGNATURE_INVALID', 'the signature cannot be verified', {
        object: check.object,
        found: quote(messageOf(error)),
        cause: error,
      });
    }
  }
  const tried = attempts.map(([name]) => name).join(', or ');
  throw new TrustError('SIGNATURE_INVALID', 'wrong signature', {
    object: check.object,
    expected: `a signature of the key over these ${check.bytes.length} bytes (${tried})`,
    found: 'one that does not verify',
    ...(check.key.asymmetricKeyType === 'ed25519' ? { hint: PREHASHED } : {}),
  });
}

function hashOf(algorithm: SignatureAlgorithm): Hash {
  return algorithm.endsWith('sha512') ? 'sha512' : algorithm.endsWith('sha384') ? 'sha384' : 'sha256';
}

function mismatch(check: SignatureCheck): TrustError {
  return new TrustError('ALGORITHM_MISMATCH', 'the stated algorithm is not one of the key', {
    object: check.object,
    expected: `an algorithm of ${check.key.asymmetricKeyType ?? 'no'} keys`,
    found: check.algorithm ?? 'none',
  });
}

function failed(object: string, expected: string, found: string): TrustError {
  return new TrustError('SIGNATURE_INVALID', 'wrong signature', { object, expected, found });
}
