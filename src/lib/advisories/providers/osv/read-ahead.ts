import { readSync } from 'node:fs';
import { RandomAccessReader } from 'yauzl';

const WINDOW_BYTES = 256 * 1024;
/** To the end of the archive, where its directory is described, and back to where that begins. */
const JUMPS_BACK = 4;

/**
 * Reads a file mostly from its beginning to its end: many small reads take one trip to the system together. Reads are
 * synchronous, since a trip through the thread pool costs more than each. Whoever reads in another order than that of the
 * file gets no more than is asked for, so that no archive makes us read it many times over.
 */
export class ReadAhead {
  readonly #fd: number;
  readonly #window = Buffer.allocUnsafe(WINDOW_BYTES);
  #start = 0;
  #filled = 0;
  #jumps = JUMPS_BACK;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** What there is of these bytes; they are the caller's until the next read. */
  read(length: number, position: number): Buffer {
    const end = this.#start + this.#filled;
    const inside = position >= this.#start && position + length <= end;
    if (!inside) {
      if (length * 2 > WINDOW_BYTES || !this.#mayMove(position)) {
        const bytes = Buffer.allocUnsafe(length);
        return bytes.subarray(0, readSync(this.#fd, bytes, 0, length, position));
      }
      this.#start = position;
      this.#filled = readSync(this.#fd, this.#window, 0, WINDOW_BYTES, position);
    }
    const from = position - this.#start;
    return this.#window.subarray(from, Math.min(from + length, this.#filled));
  }

  #mayMove(position: number): boolean {
    if (position < this.#start) {
      this.#jumps -= 1;
      return this.#jumps >= 0;
    }
    return true;
  }
}

/** For the directory of an archive. */
export class DirectoryReader extends RandomAccessReader {
  readonly #ahead: ReadAhead;

  constructor(fd: number) {
    super();
    this.#ahead = new ReadAhead(fd);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    try {
      const found = this.#ahead.read(length, position).copy(buffer, offset);
      callback(found === length ? null : new Error(`expected ${length} bytes at ${position}, found ${found}`));
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
