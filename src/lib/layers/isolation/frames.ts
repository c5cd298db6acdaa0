import { quote } from '#base/error.ts';

/** One message on the pipe to or from an analysis process. */
export interface Frame {
  readonly type: number;
  readonly payload: Buffer;
}

/** What a process sent is no frame, or one too long; the text says which. */
export class FrameError extends Error {}

const HEAD_BYTES = 5;

/** The type in one byte, the length of the payload in four, the payload. */
export function encodeFrame(type: number, payload: Uint8Array | string): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  const frame = Buffer.allocUnsafe(HEAD_BYTES + bytes);
  writeHead(frame, type, bytes);
  if (typeof payload === 'string') {
    frame.write(payload, HEAD_BYTES);
  } else {
    frame.set(payload, HEAD_BYTES);
  }
  return frame;
}

/** For a payload that is sent by itself, so that it need not be copied. */
export function frameHead(type: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  writeHead(head, type, length);
  return head;
}

function writeHead(into: Buffer, type: number, length: number): void {
  into.writeUInt8(type, 0);
  into.writeUInt32LE(length, 1);
}

/** Cuts a stream of bytes into frames. A payload is held only as far as it has come, whatever its head claims. */
export class FrameParser {
  readonly #limits: ReadonlyMap<number, number>;
  #pieces: Buffer[] = [];
  #held = 0;
  /** Bytes that must be there before anything can be told: a head, or a head and its payload. */
  #needed = HEAD_BYTES;

  /** `limits` says how long the payload of each type may be; other types are refused. */
  constructor(limits: ReadonlyMap<number, number>) {
    this.#limits = limits;
  }

  /** The frames that this chunk completes, in order. Throws `FrameError`; nothing can be read after that. */
  *push(chunk: Uint8Array): Generator<Frame> {
    this.#pieces.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    this.#held += chunk.length;
    while (this.#held >= this.#needed) {
      const bytes = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces, this.#held);
      if (bytes === undefined) {
        return;
      }
      const end = this.#endOf(bytes);
      this.#pieces = [bytes];
      this.#needed = end;
      if (bytes.length < end) {
        return;
      }
      this.#pieces = bytes.length === end ? [] : [bytes.subarray(end)];
      this.#held = bytes.length - end;
      this.#needed = HEAD_BYTES;
      yield { type: bytes.readUInt8(0), payload: bytes.subarray(HEAD_BYTES, end) };
    }
  }

  #endOf(bytes: Buffer): number {
    const type = bytes.readUInt8(0);
    const length = bytes.readUInt32LE(1);
    const limit = this.#limits.get(type);
    if (limit === undefined) {
      throw new FrameError(`a message of the unknown type ${type}: ${quote(bytes.toString('latin1', 0, 40))}`);
    }
    if (length > limit) {
      throw new FrameError(`a message of ${length} bytes, at most ${limit} are read`);
    }
    return HEAD_BYTES + length;
  }
}
