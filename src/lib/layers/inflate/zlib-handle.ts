import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';

/** The part of zlib's native handle that is used here: one call, one piece of work, on this thread. */
interface Handle {
  onerror: (message: string) => void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputStart: number,
    inputLength: number,
    output: Uint8Array,
    outputStart: number,
    outputLength: number,
  ): void;
}

/**
 * A native decompressor without the stream around it. Node's streams allocate every chunk and make a trip to the thread
 * pool for it; on memory of ours, in place, the same code takes 15 % less time (docs/adr/0085-inflater-choice.md). The
 * handle is no public interface: this file is all that knows it, the pinned Node is what it is tested with, and on
 * another one the constructor says so.
 */
export class ZlibHandle {
  readonly #stream: Gunzip | ZstdDecompress;
  readonly #handle: Handle;
  /** Room left in the output, then bytes left of the input, written by every call. */
  readonly #left: Uint32Array;
  readonly #finish: number;
  #failure: string | null = null;

  constructor(compression: 'gzip' | 'zstd') {
    this.#stream = compression === 'gzip' ? createGunzip() : createZstdDecompress();
    this.#finish = compression === 'gzip' ? constants.Z_FINISH : constants.ZSTD_e_end;
    const handle: unknown = Reflect.get(this.#stream, '_handle');
    const left: unknown = Reflect.get(this.#stream, '_writeState');
    if (!isHandle(handle) || !(left instanceof Uint32Array)) {
      throw new Error(`zlib of Node ${process.version} has another form than the pinned one`);
    }
    this.#handle = handle;
    this.#left = left;
    handle.onerror = (message) => {
      this.#failure = message;
    };
  }

  /** What zlib says is wrong with the input so far; null when nothing is. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Bytes of the last input that were not used. */
  get unused(): number {
    return this.#left[1] ?? 0;
  }

  /** Decompresses from `input` to the start of `output`, until one of them is used up or the stream ends; the number of bytes put out. */
  write(input: Uint8Array, output: Uint8Array): number {
    return this.#call(constants.Z_NO_FLUSH, input, output);
  }

  /** Says that no input will come any more, which is a failure in the middle of a stream. */
  finish(output: Uint8Array): number {
    return this.#call(this.#finish, NOTHING, output);
  }

  close(): void {
    this.#stream.destroy();
  }

  #call(flush: number, input: Uint8Array, output: Uint8Array): number {
    this.#handle.writeSync(flush, input, 0, input.length, output, 0, output.length);
    return this.#failure === null ? output.length - (this.#left[0] ?? 0) : 0;
  }
}

const NOTHING = new Uint8Array(0);

function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'writeSync') === 'function';
}
