import type { ExpansionGuard } from '#base/limits.ts';
import { LayersError } from '../error.ts';
import { ZlibHandle } from './zlib-handle.ts';

/** What can be decoded piece by piece on the thread at hand; xz goes its own way. */
export type Decodable = 'gzip' | 'zstd' | 'none';

/**
 * Decompresses into memory that the caller owns: `give` it stored bytes, `read` until it returns 0, and so on; `end` when
 * there are no more. gzip may have several members and zstd several frames. Throws `LAYER_CORRUPT` for truncated or
 * damaged input and for anything but zeros behind the end, where an attacker could hide what other tools read, and
 * `LIMIT_EXCEEDED` for a bomb.
 */
export class Decoder {
  readonly #handle: ZlibHandle | null;
  readonly #guard: ExpansionGuard;
  readonly #object: string;
  #input: Uint8Array = NOTHING;
  #ended = false;
  #consumed = 0;

  /** `object` names the stream in errors. */
  constructor(compression: Decodable, guard: ExpansionGuard, object: string) {
    this.#handle = compression === 'none' ? null : new ZlibHandle(compression);
    this.#guard = guard;
    this.#object = object;
  }

  /** To be called when `read` has returned 0; the bytes must not change before it does so again. */
  give(input: Uint8Array): void {
    this.#guard.consumed(input.length);
    this.#consumed += input.length;
    this.#input = input;
  }

  /** Fills `output` from its start; the number of bytes, fewer than it holds only when more input is needed. */
  read(output: Uint8Array): number {
    if (this.#ended) {
      this.#assertPadding();
      return 0;
    }
    const length = this.#handle === null ? this.#copy(output) : this.#decompress(this.#handle, output);
    this.#guard.produced(length);
    return length;
  }

  end(): void {
    if (this.#handle !== null && !this.#ended) {
      this.#handle.finish(new Uint8Array(1));
      this.#assertSound(this.#handle);
    }
  }

  close(): void {
    this.#handle?.close();
  }

  #copy(output: Uint8Array): number {
    const part = this.#input.subarray(0, output.length);
    output.set(part);
    this.#input = this.#input.subarray(part.length);
    return part.length;
  }

  #decompress(handle: ZlibHandle, output: Uint8Array): number {
    // Even without input: output that did not fit the last time may be waiting inside.
    const length = handle.write(this.#input, output);
    this.#assertSound(handle);
    this.#input = this.#input.subarray(this.#input.length - handle.unused);
    if (this.#input.length > 0 && length < output.length) {
      // There was room, and it took no more: it has seen its end.
      this.#ended = true;
      this.#assertPadding();
    }
    return length;
  }

  #assertSound(handle: ZlibHandle): void {
    if (handle.failure !== null) {
      throw new LayersError('LAYER_CORRUPT', 'cannot decompress', {
        object: this.#object,
        expected: 'a whole gzip or zstd stream',
        found: handle.failure,
      });
    }
  }

  /** Zeros behind the end are padding of tapes and block devices, which gzip itself accepts. */
  #assertPadding(): void {
    if (this.#input.some((byte) => byte !== 0)) {
      throw new LayersError('LAYER_CORRUPT', 'data after the end of the compressed stream', {
        object: this.#object,
        expected: 'nothing or zeros',
        found: `other bytes among the last of ${this.#consumed} compressed ones`,
      });
    }
    this.#input = NOTHING;
  }
}

const NOTHING = new Uint8Array(0);
