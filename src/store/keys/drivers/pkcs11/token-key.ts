import type { KeyObject } from 'node:crypto';
import { type Digest, digestOf } from '#base/digest.ts';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { KeyError } from '../../error.ts';
import { failureOf } from './failure.ts';
import type { KeyReference } from './reference.ts';
import type { TokenProcess } from './token-process.ts';
import { pairToDer, type Way, waysToSign } from './ways.ts';

/** `CKR_MECHANISM_INVALID`, and `CKR_MECHANISM_PARAM_INVALID`: nothing was signed, another way may do. */
const NOT_THIS_WAY: readonly number[] = [0x70, 0x71];

/** A key that a token's process has open. */
export class TokenKey implements SigningKey {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly fingerprint: Digest;
  readonly #reference: KeyReference;
  readonly #key: KeyObject;
  #process: TokenProcess | null;

  constructor(reference: KeyReference, key: KeyObject, process: TokenProcess) {
    this.name = reference.name;
    this.publicKey = key.export({ format: 'der', type: 'spki' });
    this.fingerprint = digestOf(this.publicKey);
    this.#reference = reference;
    this.#key = key;
    this.#process = process;
  }

  /** Ended by the signal, the process of the token is gone, and the key with it. */
  async sign(
    bytes: Uint8Array,
    scheme: SigningScheme,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Uint8Array> {
    signal.throwIfAborted();
    if (this.#process === null) {
      throw new KeyError('KEY_CLOSED', 'the key was closed', { object: this.name });
    }
    const ways = waysToSign(this.#key, scheme, bytes);
    for (const [index, way] of ways.entries()) {
      const answer = await this.#process.ask(
        {
          kind: 'sign',
          mechanism: way.mechanism,
          parameter: way.parameter,
          data: Buffer.from(way.data()).toString('base64'),
        },
        signal,
      );
      if (answer.kind === 'signature') {
        return this.#written(Buffer.from(answer.signature, 'hex'), way);
      }
      const isLast = index === ways.length - 1;
      if (answer.kind !== 'failed' || isLast || !NOT_THIS_WAY.includes(answer.value)) {
        throw failureOf(answer, this.#reference);
      }
    }
    throw new KeyError('KEY_SCHEME_MISMATCH', 'not a signature that this key makes', {
      object: this.name,
      expected: `a scheme for a key of type ${this.#key.asymmetricKeyType ?? 'none'}`,
      found: scheme,
    });
  }

  async close(): Promise<void> {
    const process = this.#process;
    this.#process = null;
    await process?.close();
  }

  #written(raw: Buffer, { rawBytes, isPair }: Way): Uint8Array {
    if (raw.length !== rawBytes) {
      throw new KeyError('KEY_TOKEN_FAILED', 'not a signature', {
        object: this.name,
        expected: `${rawBytes} bytes`,
        found: `${raw.length}`,
      });
    }
    return isPair ? pairToDer(raw) : raw;
  }
}
