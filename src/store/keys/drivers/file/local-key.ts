import { constants, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type Digest, digestOf } from '#base/digest.ts';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { KeyError } from '../../error.ts';
import { assertSupported, type SigningMethod, signingMethod } from '../../schemes.ts';

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
    return await Promise.resolve(signBytes(key, bytes, signingMethod(key, scheme, this.name)));
  }

  async close(): Promise<void> {
    this.#key = null;
    await Promise.resolve();
  }
}

function signBytes(key: KeyObject, bytes: Uint8Array, method: SigningMethod): Buffer {
  switch (method.kind) {
    case 'ecdsa':
      return sign(method.hash, bytes, { key, dsaEncoding: 'der' });
    case 'rsa-pkcs1':
      return sign(method.hash, bytes, { key, padding: constants.RSA_PKCS1_PADDING });
    case 'rsa-pss': {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return sign(method.hash, bytes, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
    }
    case 'ed25519':
      return sign(null, bytes, key);
  }
}
