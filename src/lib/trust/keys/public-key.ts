import { createPublicKey, type KeyObject } from 'node:crypto';
import { digestOf } from '#base/digest.ts';
import { messageOf, quote } from '#base/error.ts';
import { parseDer, TAG } from '../encoding/der.ts';
import { bitStringOf, oidOf } from '../encoding/der-values.ts';
import { parsePem } from '../encoding/pem.ts';
import { TrustError } from '../error.ts';
import type { TrustedKey } from '../signed.ts';

const RSA = '1.2.840.113549.1.1.1';
const ECDSA = '1.2.840.10045.2.1';
const ED25519 = '1.3.101.112';

/** P-256, P-384 and P-521. */
const CURVES: ReadonlySet<string> = new Set(['1.2.840.10045.3.1.7', '1.3.132.0.34', '1.3.132.0.35']);

const MIN_RSA_BITS = 2048;
/** Past this a single verification takes milliseconds; nobody uses it. */
const MAX_RSA_BITS = 8192;
const MAX_RSA_EXPONENT = 2n ** 31n;
const UNCOMPRESSED_POINT = 0x04;
const ACCEPTED = 'RSA of 2048 to 8192 bits, ECDSA on P-256, P-384 or P-521, or Ed25519';

/**
 * A public key as a user writes it: PEM (`PUBLIC KEY`, or PKCS #1 `RSA PUBLIC KEY`), or the DER of a
 * SubjectPublicKeyInfo (RFC 5280 section 4.1). Throws `KEY_INVALID`, `PEM_INVALID`, `BASE64_INVALID`, `DER_INVALID`.
 */
export function parsePublicKey(pemOrDer: Uint8Array | string, object: string): TrustedKey {
  if (typeof pemOrDer !== 'string' && pemOrDer[0] === TAG.sequence) {
    return parseSubjectPublicKeyInfo(pemOrDer, object);
  }
  const text = typeof pemOrDer === 'string' ? pemOrDer : Buffer.from(pemOrDer).toString('latin1');
  const blocks = parsePem(text, object);
  const [block] = blocks;
  if (block === undefined || blocks.length !== 1) {
    throw invalid(object, 'one public key', `${blocks.length} PEM blocks`);
  }
  switch (block.label) {
    case 'PUBLIC KEY':
      return parseSubjectPublicKeyInfo(block.der, object);
    case 'RSA PUBLIC KEY':
      return parseSubjectPublicKeyInfo(fromPkcs1(block.der, object), object);
    case 'CERTIFICATE':
      throw invalid(
        object,
        'a public key',
        'a certificate',
        'Take the key out of it: openssl x509 -in CERTIFICATE -pubkey -noout.',
      );
    default:
      throw invalid(
        object,
        'PEM of a PUBLIC KEY',
        quote(block.label),
        block.label.endsWith('PRIVATE KEY')
          ? 'This is the secret half; verification needs the other: openssl pkey -in KEY -pubout.'
          : undefined,
      );
  }
}

/** A SubjectPublicKeyInfo in DER, of a kind and size that is accepted. Throws `KEY_INVALID`, `DER_INVALID`. */
export function parseSubjectPublicKeyInfo(der: Uint8Array, object: string): TrustedKey {
  const info = parseDer(der, object).expect(TAG.sequence, 'a SubjectPublicKeyInfo');
  if (info.children.length !== 2) {
    throw invalid(object, 'an algorithm and a key', `${info.children.length} values`);
  }
  const algorithm = info.child(0, 'an algorithm').expect(TAG.sequence, 'an algorithm');
  const oid = oidOf(algorithm.child(0, 'an algorithm identifier'));
  const point = bitStringOf(info.child(1, 'a key'));
  if (oid === ECDSA) {
    const curve = oidOf(algorithm.child(1, 'a named curve'));
    if (!CURVES.has(curve)) {
      throw invalid(object, ACCEPTED, `ECDSA on curve ${curve}`);
    }
    if (point[0] !== UNCOMPRESSED_POINT) {
      throw invalid(object, 'an uncompressed point', `a point that begins with ${point[0] ?? 'nothing'}`);
    }
  } else if (oid !== RSA && oid !== ED25519) {
    throw invalid(object, ACCEPTED, `algorithm ${oid}`);
  }
  const key = load(der, object);
  if (oid === RSA) {
    assertRsa(key, object);
  }
  return { key, fingerprint: digestOf(der), spki: key.export({ format: 'der', type: 'spki' }) };
}

function assertRsa(key: KeyObject, object: string): void {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_RSA_BITS || modulusLength > MAX_RSA_BITS) {
    throw invalid(object, ACCEPTED, `RSA of ${modulusLength} bits`);
  }
  if (publicExponent < 3n || publicExponent >= MAX_RSA_EXPONENT || publicExponent % 2n === 0n) {
    throw invalid(object, 'an odd RSA exponent of 3 or more, below 2^31', `${publicExponent}`);
  }
}

function fromPkcs1(der: Uint8Array, object: string): Buffer {
  try {
    return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'pkcs1' }).export({
      format: 'der',
      type: 'spki',
    });
  } catch (error) {
    throw invalid(object, 'an RSA public key (PKCS #1)', quote(messageOf(error)));
  }
}

function load(der: Uint8Array, object: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  } catch (error) {
    throw invalid(object, ACCEPTED, quote(messageOf(error)));
  }
}

function invalid(object: string, expected: string, found: string, hint?: string): TrustError {
  return new TrustError('KEY_INVALID', 'not a public key that can be trusted', {
    object,
    expected,
    found,
    ...(hint === undefined ? {} : { hint }),
  });
}
