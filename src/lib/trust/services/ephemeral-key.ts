import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Digest, digestOf } from '#base/digest.ts';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { TrustError } from '../error.ts';

/** A P-256 key that is made for one run, is written nowhere, and is forgotten at its end. */
export class EphemeralKey implements SigningKey {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly fingerprint: Digest;
  #privateKey: KeyObject | null;

  constructor(name: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.name = name;
    this.publicKey = publicKey.export({ format: 'der', type: 'spki' });
    this.fingerprint = digestOf(this.publicKey);
    this.#privateKey = privateKey;
  }

  /** ECDSA with SHA-256. Throws `ALGORITHM_MISMATCH`, and `KEY_INVALID` when the key is forgotten. */
  async sign(bytes: Uint8Array, scheme: SigningScheme, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (scheme !== 'ecdsa' && scheme !== 'ecdsa-sha256') {
      throw new TrustError('ALGORITHM_MISMATCH', 'algorithm and key do not fit', {
        object: this.name,
        expected: 'ECDSA with SHA-256',
        found: scheme,
      });
    }
    const privateKey = this.#privateKey;
    if (privateKey === null) {
      throw new TrustError('KEY_INVALID', 'the key of this run is gone', {
        object: this.name,
        expected: 'a signature before the key is closed',
        found: 'one after',
      });
    }
    return await Promise.resolve(sign('sha256', bytes, privateKey));
  }

  async close(): Promise<void> {
    this.#privateKey = null;
    await Promise.resolve();
  }
}
