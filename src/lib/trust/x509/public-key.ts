import { createPublicKey, type KeyObject } from 'node:crypto';
import { messageOf } from '#base/error.ts';
import { type Der, invalid, parseDer, TAG } from '../encoding/der.ts';
import { bitStringOf, integerOf, oidOf } from '../encoding/der-values.ts';
import { TrustError } from '../error.ts';
import { algorithmOf, hasNoParameters } from './algorithm.ts';

const RSA = '1.2.840.113549.1.1.1';
const EC = '1.2.840.10045.2.1';
const ED25519 = '1.3.101.112';
const CURVES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10045.3.1.7', 'P-256'],
  ['1.3.132.0.34', 'P-384'],
  ['1.3.132.0.35', 'P-521'],
]);
const MIN_RSA_BITS = 2048;
/** Larger ones make verifying slow; nobody issues them. */
const MAX_RSA_BITS = 8192;
const MAX_RSA_EXPONENT = 2n ** 32n;

/**
 * The key of a SubjectPublicKeyInfo: RSA of 2048 to 8192 bits, ECDSA on a named NIST curve, or Ed25519. Throws
 * `KEY_INVALID`, `DER_INVALID`.
 */
export function publicKeyOf(spki: Der): KeyObject {
  const { object } = spki;
  const [algorithm, bits] = spki.expect(TAG.sequence, 'a public key').children;
  if (algorithm === undefined || bits === undefined || spki.children.length !== 2) {
    throw invalid(object, 'an algorithm and a key', `${spki.children.length} members`);
  }
  const { oid, parameters } = algorithmOf(algorithm);
  const key = bitStringOf(bits);
  switch (oid) {
    case RSA:
      if (parameters === null || !hasNoParameters({ oid, parameters, raw: algorithm.raw })) {
        throw refused(object, 'an RSA key with parameters NULL', 'others');
      }
      assertRsaKey(key, object);
      break;
    case EC: {
      const curve = parameters?.tag === TAG.oid ? oidOf(parameters) : 'parameters in full';
      if (!CURVES.has(curve)) {
        throw refused(object, `the curve ${[...CURVES.values()].join(', ')}`, curve);
      }
      break;
    }
    case ED25519:
      if (parameters !== null || key.length !== 32) {
        throw refused(object, 'an Ed25519 key of 32 octets without parameters', `${key.length} octets`);
      }
      break;
    default:
      throw refused(object, 'an RSA, ECDSA or Ed25519 key', `algorithm ${oid}`);
  }
  try {
    return createPublicKey({ key: Buffer.from(spki.raw), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new TrustError('KEY_INVALID', 'unusable key', {
      object,
      expected: 'a point on its curve',
      found: messageOf(cause),
      cause,
    });
  }
}

/** RSAPublicKey (RFC 8017 appendix A.1.1). */
function assertRsaKey(key: Uint8Array, object: string): void {
  const value = parseDer(key, object).expect(TAG.sequence, 'an RSA key');
  const modulus = integerOf(value.child(0, 'a modulus'));
  const exponent = integerOf(value.child(1, 'an exponent'));
  const bits = modulus <= 0n ? 0 : modulus.toString(2).length;
  if (value.children.length !== 2 || bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
    throw refused(object, `an RSA key of ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits`, `${bits} bits`);
  }
  if (exponent < 3n || exponent >= MAX_RSA_EXPONENT || exponent % 2n === 0n || modulus % 2n === 0n) {
    throw refused(
      object,
      'an odd RSA modulus and exponent, the latter of at most 32 bits',
      `exponent ${exponent.toString(16).slice(0, 20)}`,
    );
  }
}

function refused(object: string, expected: string, found: string): TrustError {
  return new TrustError('KEY_INVALID', 'key not accepted', { object, expected, found });
}
