import type { KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import { type Digest, digestOf } from '#base/digest.ts';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { KeyError } from '../error.ts';
import { assertSupported, type SigningMethod, signingMethod } from '../schemes.ts';

/** What a service is asked to sign: a hash, made here, so that what is signed need not go to it; or the bytes for Ed25519. */
export interface ServiceRequest {
  readonly method: SigningMethod;
  /** `method.hash` of the bytes; the bytes themselves for Ed25519. */
  readonly input: Uint8Array;
  readonly signal: AbortSignal;
}

/** One key, and one version of it, that a service keeps. */
export interface ServiceKeySettings {
  /** The reference without secrets, with the version where the service has versions. */
  readonly name: string;
  readonly publicKey: KeyObject;
  /** ECDSA as DER. Throws `KeyError`. */
  readonly sign: (request: ServiceRequest) => Promise<Uint8Array>;
}

/** A key that a service signs with. Throws `KEY_UNSUPPORTED`. */
export function serviceKey(settings: ServiceKeySettings): SigningKey {
  assertSupported(settings.publicKey, settings.name);
  return new ServiceKey(settings);
}

class ServiceKey implements SigningKey {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly fingerprint: Digest;
  #settings: ServiceKeySettings | null;

  constructor(settings: ServiceKeySettings) {
    this.name = settings.name;
    this.publicKey = settings.publicKey.export({ format: 'der', type: 'spki' });
    this.fingerprint = digestOf(this.publicKey);
    this.#settings = settings;
  }

  async sign(bytes: Uint8Array, scheme: SigningScheme, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const settings = this.#settings;
    if (settings === null) {
      throw new KeyError('KEY_CLOSED', 'the key was closed', { object: this.name });
    }
    const method = signingMethod(settings.publicKey, scheme, this.name);
    const input = method.kind === 'ed25519' ? bytes : createHash(method.hash).update(bytes).digest();
    return await settings.sign({ method, input, signal: signal ?? new AbortController().signal });
  }

  async close(): Promise<void> {
    this.#settings = null;
    await Promise.resolve();
  }
}
