import type { Readable } from 'node:stream';
import { BlobError } from '../error.ts';
import type { S3 } from './client.ts';
import { s3Error } from './failure.ts';

/** The body of an answer, which is let go of at the end, when the consumer leaves, and on abort. */
export class ObjectBytes implements AsyncIterableIterator<Uint8Array> {
  readonly #s3: S3;
  readonly #body: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => void this.#body.destroy();
  #left: number;

  /** `length` bytes are to come. */
  constructor(s3: S3, body: Readable, length: number, signal: AbortSignal | undefined) {
    this.#s3 = s3;
    this.#body = body;
    this.#chunks = body.iterator({ destroyOnReturn: true }) as AsyncIterator<Uint8Array>;
    this.#left = length;
    this.#signal = signal;
    // An answer that breaks off before anybody reads it must not end the process.
    body.on('error', () => undefined);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      const found = await this.#nextChunk();
      if (found.done === true) {
        this.#assertWhole();
        this.close();
        return { done: true, value: undefined };
      }
      this.#left -= found.value.length;
      return { done: false, value: found.value };
    } catch (error) {
      this.close();
      this.#signal?.throwIfAborted();
      throw s3Error(this.#s3, error);
    }
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#body.destroy();
  }

  /** The wait for the store is bounded, that for the consumer is not. */
  async #nextChunk(): Promise<IteratorResult<Uint8Array>> {
    this.#signal?.throwIfAborted();
    const timer = setTimeout(() => {
      this.#body.destroy(Object.assign(new Error('no bytes came in time'), { code: 'ETIMEDOUT' }));
    }, this.#s3.idleMs);
    try {
      return await this.#chunks.next();
    } finally {
      clearTimeout(timer);
    }
  }

  #assertWhole(): void {
    if (this.#left !== 0) {
      throw new BlobError('BLOB_TRUNCATED', 'the object ended before all of it was read', {
        object: `bucket ${this.#s3.bucket} of ${this.#s3.endpoint}`,
        expected: `${this.#left} more bytes`,
        found: 'the end',
      });
    }
  }
}
