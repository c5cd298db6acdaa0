import type { KeyObject } from 'node:crypto';
import type { SigningScheme } from '#model/signing.ts';
import { KeyError } from './error.ts';

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;

export type Hash = 'sha256' | 'sha384' | 'sha512';

/** What a key does for a scheme. The salt of PSS is as long as the hash; Ed25519 takes the bytes themselves. */
export type SigningMethod =
  | { readonly kind: 'ecdsa' | 'rsa-pkcs1' | 'rsa-pss'; readonly hash: Hash }
  | { readonly kind: 'ed25519' };

const HASH_BY_CURVE: ReadonlyMap<string | undefined, Hash> = new Map([
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp521r1', 'sha512'],
]);
const HASH_BY_MODULUS: ReadonlyMap<number | undefined, Hash> = new Map([
  [2048, 'sha256'],
  [3072, 'sha384'],
  [4096, 'sha512'],
]);

/** By either half of the key. Throws `KEY_SCHEME_MISMATCH` where keys of its kind do not sign so. */
export function signingMethod(key: KeyObject, scheme: SigningScheme, name: string): SigningMethod {
  const method = methodOf(key, scheme);
  if (method === null) {
    throw new KeyError('KEY_SCHEME_MISMATCH', 'not a signature that this key makes', {
      object: name,
      expected: `a scheme for ${describeKey(key)}`,
      found: scheme,
    });
  }
  return method;
}

/** Throws `KEY_UNSUPPORTED` unless something here is signed with keys of this kind and size. */
export function assertSupported(key: KeyObject, name: string): void {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const supported =
    (key.asymmetricKeyType === 'ec' && HASH_BY_CURVE.has(namedCurve)) ||
    (key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS) ||
    key.asymmetricKeyType === 'ed25519';
  if (!supported) {
    throw new KeyError('KEY_UNSUPPORTED', 'not a key that is signed with here', {
      object: name,
      expected: 'ECDSA on P-256, P-384 or P-521, RSA of 2048 to 8192 bits, or Ed25519',
      found: describeKey(key),
    });
  }
}

function methodOf(key: KeyObject, scheme: SigningScheme): SigningMethod | null {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  const kind = key.asymmetricKeyType;
  switch (scheme) {
    case 'ecdsa':
    case 'ecdsa-sha256': {
      const hash = scheme === 'ecdsa' ? HASH_BY_CURVE.get(namedCurve) : 'sha256';
      return kind === 'ec' && hash !== undefined ? { kind: 'ecdsa', hash } : null;
    }
    case 'rsa-pkcs1-sha256':
      return kind === 'rsa' ? { kind: 'rsa-pkcs1', hash: 'sha256' } : null;
    case 'rsa-pss': {
      const hash = HASH_BY_MODULUS.get(modulusLength);
      return kind === 'rsa' && hash !== undefined ? { kind: 'rsa-pss', hash } : null;
    }
    case 'ed25519':
      return kind === 'ed25519' ? { kind: 'ed25519' } : null;
  }
}

function describeKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const size = modulusLength === undefined ? '' : ` of ${modulusLength} bits`;
  return `a key of type ${key.asymmetricKeyType ?? 'none'}${namedCurve === undefined ? size : ` on ${namedCurve}`}`;
}
