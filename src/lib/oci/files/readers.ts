import type { FileHandle } from 'node:fs/promises';
import type { BlockReader } from './tar-members.ts';

/** Headers of small members lie close together: one read serves many. */
const WINDOW = 64 * 1024;

/** Reads a file by position. */
export class FileReader implements BlockReader {
  readonly #handle: FileHandle;
  #start = 0;
  #window = Buffer.alloc(0);

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async at(offset: number, length: number): Promise<Buffer> {
    const from = offset - this.#start;
    if (from >= 0 && from + length <= this.#window.length) {
      return this.#window.subarray(from, from + length);
    }
    const buffer = Buffer.allocUnsafeSlow(Math.max(WINDOW, length));
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, buffer.length - filled, offset + filled);
      if (bytesRead === 0) {
        break;
      }
      filled += bytesRead;
    }
    this.#start = offset;
    this.#window = buffer.subarray(0, filled);
    return this.#window.subarray(0, Math.min(filled, length));
  }
}

/** Reads a stream forward, dropping what lies between. */
export class StreamReader implements BlockReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** Position of the first byte of `#pending`. */
  #position = 0;
  #pending: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async at(offset: number, length: number): Promise<Buffer> {
    while (this.#position + this.#pending.length < offset + length) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        break;
      }
      this.#drop(offset);
      const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
      this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    }
    this.#drop(offset);
    return this.#pending.subarray(0, length);
  }

  /** Gives up the rest. What goes wrong there is of no interest: nobody wants to know it any more. */
  async close(): Promise<void> {
    await this.#chunks.return?.().catch(() => undefined);
  }

  #drop(offset: number): void {
    const count = Math.min(Math.max(0, offset - this.#position), this.#pending.length);
    this.#pending = this.#pending.subarray(count);
    this.#position += count;
  }
}
