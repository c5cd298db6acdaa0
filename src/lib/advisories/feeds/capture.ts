const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** `[` and `{`, `]` and `}` differ in one bit only. */
const BRACKET = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** The bytes of one JSON value, whose end is found by its strings and brackets; more than `maxBytes` are counted and dropped. */
export class Capture {
  readonly #maxBytes: number;
  readonly #isScalar: boolean;
  readonly #pieces: Uint8Array[] = [];
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #length = 0;
  #isWhole = false;

  /** `first` is the byte that the value begins with, which is to be taken too. */
  constructor(first: number, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#isScalar = first !== QUOTE && (first | BRACKET) !== OPENING;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** In bytes, as far as it has come. */
  get length(): number {
    return this.#length;
  }

  /** Null when it was too large. */
  taken(): Uint8Array | null {
    if (this.#length > this.#maxBytes) {
      return null;
    }
    const [only] = this.#pieces;
    return only !== undefined && this.#pieces.length === 1 ? only : Buffer.concat(this.#pieces);
  }

  /** Takes from `at` on what belongs to the value; where it ends, or the chunk. */
  take(chunk: Uint8Array, at: number): number {
    const end = this.#isScalar ? this.#endOfScalar(chunk, at) : this.#endOfValue(chunk, at);
    this.#length += end - at;
    if (this.#length <= this.#maxBytes) {
      this.#pieces.push(chunk.subarray(at, end));
    } else {
      this.#pieces.length = 0;
    }
    return end;
  }

  /** A number or a word ends before what may follow a value. Whether it is one shows when it is parsed. */
  #endOfScalar(chunk: Uint8Array, at: number): number {
    for (let next = at; next < chunk.length; next += 1) {
      const byte = chunk[next] ?? 0;
      if (byte === COMMA || byte <= 0x20 || (byte | BRACKET) === CLOSING) {
        this.#isWhole = true;
        return next;
      }
    }
    return chunk.length;
  }

  /** The state is in variables of this function while it runs, since it looks at every byte of a feed. */
  #endOfValue(chunk: Uint8Array, at: number): number {
    const { length } = chunk;
    let depth = this.#depth;
    let isInString = this.#isInString;
    let next = this.#isEscaped ? at + 1 : at;
    this.#isEscaped = false;
    while (next < length) {
      const byte = chunk[next] ?? 0;
      next += 1;
      if (isInString) {
        if (byte === BACKSLASH) {
          next += 1;
        } else if (byte === QUOTE) {
          isInString = false;
          this.#isWhole = depth === 0;
        }
      } else if (byte === QUOTE) {
        isInString = true;
      } else if ((byte | BRACKET) === OPENING) {
        depth += 1;
      } else if ((byte | BRACKET) === CLOSING) {
        depth -= 1;
        this.#isWhole = depth === 0;
      }
      if (this.#isWhole) {
        return next;
      }
    }
    this.#depth = depth;
    this.#isInString = isInString;
    this.#isEscaped = next > length;
    return length;
  }
}
