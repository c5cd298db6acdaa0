import { constants, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type Digest, digestOf } from '#base/digest.ts';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { KeyError } from '../../error.ts';

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;

type Hash = 'sha256' | 'sha384' | 'sha512';

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

/** A key in this process's memory. Throws `KEY_UNSUPPORTED`. */
export function localKey(key: KeyObject, name: string): SigningKey {
  assertSupported(key, name);
  return new LocalKey(key, name);
}

class LocalKey implements SigningKey {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly fingerprint: Digest;
  #key: KeyObject | null;

  constructor(key: KeyObject, name: string) {
    this.name = name;
    this.publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' });
    this.fingerprint = digestOf(this.publicKey);
    this.#key = key;
  }

  async sign(bytes: Uint8Array, scheme: SigningScheme, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const key = this.#key;
    if (key === null) {
      throw new KeyError('KEY_CLOSED', 'the key was closed', { object: this.name });
    }
    return await Promise.resolve(signBytes(key, bytes, scheme, this.name));
  }

  async close(): Promise<void> {
    this.#key = null;
    await Promise.resolve();
  }
}

function signBytes(key: KeyObject, bytes: Uint8Array, scheme: SigningScheme, name: string): Buffer {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  const kind = key.asymmetricKeyType;
  switch (scheme) {
    case 'ecdsa':
    case 'ecdsa-sha256': {
      const hash = scheme === 'ecdsa' ? HASH_BY_CURVE.get(namedCurve) : 'sha256';
      if (kind === 'ec' && hash !== undefined) {
        return sign(hash, bytes, { key, dsaEncoding: 'der' });
      }
      break;
    }
    case 'rsa-pkcs1-sha256':
      if (kind === 'rsa') {
        return sign('sha256', bytes, { key, padding: constants.RSA_PKCS1_PADDING });
      }
      break;
    case 'rsa-pss': {
      const hash = HASH_BY_MODULUS.get(modulusLength);
      if (kind === 'rsa' && hash !== undefined) {
        const padding = constants.RSA_PKCS1_PSS_PADDING;
        return sign(hash, bytes, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
      }
      break;
    }
    case 'ed25519':
      if (kind === 'ed25519') {
        return sign(null, bytes, key);
      }
  }
  throw new KeyError('KEY_SCHEME_MISMATCH', 'not a signature that this key makes', {
    object: name,
    expected: `a scheme for ${describeKey(key)}`,
    found: scheme,
  });
}

function assertSupported(key: KeyObject, name: string): void {
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

function describeKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const size = modulusLength === undefined ? '' : ` of ${modulusLength} bits`;
  return `a key of type ${key.asymmetricKeyType ?? 'none'}${namedCurve === undefined ? size : ` on ${namedCurve}`}`;
}
