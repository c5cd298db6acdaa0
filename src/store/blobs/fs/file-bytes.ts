import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteRange, ReadOptions } from '#model/platform/blob-store.ts';
import { BlobError } from '../error.ts';
import { ifThere, onDisk } from './failure.ts';

/** Read at a time. One chunk is with the consumer and one on its way. */
const READ_BYTES = 512 * 1024;

/** A file of ours that is open, and its size; null when there is none. Never through a link, never waiting for the other end of a pipe. */
export async function openFile(
  root: string,
  path: string,
): Promise<{ readonly file: FileHandle; readonly size: number } | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await ifThere(root, async () => await open(path, flags));
  if (file === null) {
    return null;
  }
  try {
    const found = await onDisk(root, async () => await file.stat());
    if (found.isFile()) {
      return { file, size: found.size };
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return null;
}

/** The bytes of an open file, which is closed at the end, when the consumer leaves, and on abort. */
export class FileBytes implements AsyncIterableIterator<Uint8Array> {
  readonly #root: string;
  readonly #file: FileHandle;
  readonly #end: number;
  readonly #signal: AbortSignal | undefined;
  readonly #lend: boolean;
  readonly #onAbort = (): void => void this.close();
  #position: number;
  /** Lent chunks: the one that the consumer has, and the one before. */
  #lent: readonly [Buffer | null, Buffer | null] = [null, null];
  #ahead: Promise<Uint8Array> | null = null;
  #closed: Promise<void> | null = null;

  constructor(root: string, file: FileHandle, range: ByteRange, { signal, lend = false }: ReadOptions) {
    this.#root = root;
    this.#file = file;
    this.#position = range.start;
    this.#end = range.end + 1;
    this.#signal = signal;
    this.#lend = lend;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      this.#signal?.throwIfAborted();
      const reading = this.#ahead ?? this.#read();
      const value = reading === null ? null : await reading;
      this.#signal?.throwIfAborted();
      if (value === null || this.#closed !== null) {
        await this.close();
        return { done: true, value: undefined };
      }
      this.#ahead = this.#read();
      return { done: false, value };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  async close(): Promise<void> {
    this.#closed ??= this.#release();
    await this.#closed;
  }

  async #release(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    // FileHandle.close waits for what is being read.
    await this.#file.close().catch(() => undefined);
  }

  #read(): Promise<Uint8Array> | null {
    const left = this.#end - this.#position;
    if (left <= 0 || this.#closed !== null) {
      return null;
    }
    const length = Math.min(left, READ_BYTES);
    const position = this.#position;
    this.#position += length;
    const reading = this.#fill(this.#buffer(length), position);
    reading.catch(() => undefined);
    return reading;
  }

  /** Memory that is new has to be mapped page by page, which costs as much as reading into it. */
  #buffer(length: number): Buffer {
    if (!this.#lend) {
      return Buffer.allocUnsafeSlow(length);
    }
    const [newer, older] = this.#lent;
    const buffer = older ?? Buffer.allocUnsafeSlow(length);
    this.#lent = [buffer, newer];
    return buffer.subarray(0, length);
  }

  async #fill(buffer: Buffer, position: number): Promise<Uint8Array> {
    for (let filled = 0; filled < buffer.length; ) {
      const at = filled;
      const { bytesRead } = await onDisk(
        this.#root,
        async () => await this.#file.read(buffer, at, buffer.length - at, position + at),
      );
      if (bytesRead === 0) {
        throw new BlobError('BLOB_TRUNCATED', 'the file ended before all of it was read', {
          object: `blob in ${this.#root}`,
          expected: `a byte at ${position + at}`,
          found: 'the end',
        });
      }
      filled += bytesRead;
    }
    return buffer;
  }
}
