import { createPublicKey, type KeyObject, type webcrypto, X509Certificate } from 'node:crypto';
import { KeyError } from '../../error.ts';
import type { KeyAttributes } from './native/protocol.ts';
import { waysToSign } from './ways.ts';

const CKK_RSA = 0x0;
const CKK_EC = 0x3;
const CKK_EC_EDWARDS = 0x40;

interface Curve {
  readonly crv: string;
  /** Of one coordinate. */
  readonly bytes: number;
}

/** By CKA_EC_PARAMS, in hex: the curve's object identifier. */
const CURVES: ReadonlyMap<string, Curve> = new Map([
  ['06082a8648ce3d030107', { crv: 'P-256', bytes: 32 }],
  ['06052b81040022', { crv: 'P-384', bytes: 48 }],
  ['06052b81040023', { crv: 'P-521', bytes: 66 }],
]);
/** Ed25519 by its object identifier (RFC 8410), and by the name that PKCS #11 v3.0 gives it. */
const ED25519: readonly string[] = ['06032b6570', '130c656477617264733235353139'];
const ED25519_BYTES = 32;
/** Past 8192 bits and a leading zero. */
const MAX_MODULUS_BYTES = 1025;
const OCTET_STRING = 0x04;
const UNCOMPRESSED = 0x04;

/**
 * The public half of a key, of what the token says of it: its own attributes, those of the public key beside it, or its
 * certificate. Whatever is signed is verified under it, so that a wrong one is found. Throws `KEY_UNSUPPORTED`.
 */
export function publicKeyOf(key: KeyAttributes, name: string): KeyObject {
  const jwk = jwkOf(key);
  try {
    if (jwk !== null) {
      return createPublicKey({ key: jwk, format: 'jwk' });
    }
    if (key.certificate !== null) {
      return new X509Certificate(Buffer.from(key.certificate, 'hex')).publicKey;
    }
  } catch {
    throw unsupported(name, 'a public key, or a certificate, that OpenSSL reads', 'another');
  }
  throw unsupported(
    name,
    'RSA, ECDSA on P-256, P-384 or P-521, or Ed25519, and one public key or certificate with the same CKA_ID',
    `CKK 0x${key.keyType.toString(16)} without ${key.keyType === CKK_RSA ? 'a modulus' : 'a point on such a curve'}`,
  );
}

/**
 * The public half of a key that may sign here. Throws `KEY_NOT_PERMITTED`, `KEY_UNSUPPORTED`.
 */
export function usableKey(attributes: KeyAttributes, name: string): KeyObject {
  if (!attributes.maySign) {
    throw new KeyError('KEY_NOT_PERMITTED', 'the key may not sign', {
      object: name,
      expected: 'a private key with CKA_SIGN',
      found: 'one without it, as keys for decryption are',
    });
  }
  const key = publicKeyOf(attributes, name);
  if (!isSupported(key)) {
    const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
    throw new KeyError('KEY_UNSUPPORTED', 'not a key that is signed with here', {
      object: name,
      expected: 'ECDSA on P-256, P-384 or P-521, RSA of 2048 to 8192 bits, or Ed25519',
      found: `${key.asymmetricKeyType ?? 'none'} ${modulusLength === undefined ? `on ${namedCurve ?? 'no curve'}` : `of ${modulusLength} bits`}`,
    });
  }
  return key;
}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;

function isSupported(key: KeyObject): boolean {
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  return key.asymmetricKeyType === 'rsa'
    ? modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS
    : (['ecdsa', 'ed25519'] as const).some((scheme) => waysToSign(key, scheme, new Uint8Array()).length > 0);
}

function jwkOf({ keyType, modulus, publicExponent, ecParams, ecPoint }: KeyAttributes): webcrypto.JsonWebKey | null {
  switch (keyType) {
    case CKK_RSA:
      return modulus === null || publicExponent === null || modulus.length > 2 * MAX_MODULUS_BYTES
        ? null
        : { kty: 'RSA', n: base64Url(integer(modulus)), e: base64Url(integer(publicExponent)) };
    case CKK_EC: {
      const curve = CURVES.get(ecParams ?? '');
      const point = curve === undefined ? null : pointOf(ecPoint, 1 + 2 * curve.bytes);
      if (curve === undefined || point?.[0] !== UNCOMPRESSED) {
        return null;
      }
      const end = 1 + curve.bytes;
      return { kty: 'EC', crv: curve.crv, x: base64Url(point.subarray(1, end)), y: base64Url(point.subarray(end)) };
    }
    case CKK_EC_EDWARDS: {
      const point = ED25519.includes(ecParams ?? '') ? pointOf(ecPoint, ED25519_BYTES) : null;
      return point === null ? null : { kty: 'OKP', crv: 'Ed25519', x: base64Url(point) };
    }
    default:
      return null;
  }
}

/** CKA_EC_POINT is an OCTET STRING around the point; some modules leave that away. */
function pointOf(text: string | null, length: number): Buffer | null {
  const bytes = Buffer.from(text ?? '', 'hex');
  if (bytes.length === length) {
    return bytes;
  }
  const head = length < 0x80 ? [OCTET_STRING, length] : [OCTET_STRING, 0x81, length];
  const isWrapped = bytes.length === head.length + length && head.every((octet, index) => bytes[index] === octet);
  return isWrapped ? bytes.subarray(head.length) : null;
}

/** Without leading zeroes. */
function integer(text: string): Buffer {
  const bytes = Buffer.from(text, 'hex');
  const start = bytes.findIndex((octet) => octet !== 0);
  return bytes.subarray(Math.max(start, 0));
}

function base64Url(bytes: Buffer): string {
  return bytes.toString('base64url');
}

function unsupported(name: string, expected: string, found: string): KeyError {
  return new KeyError('KEY_UNSUPPORTED', 'not a key that is signed with here', { object: name, expected, found });
}
