import { refusal } from './refusal.ts';

/** Reads from the start to the end, and never past it. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #object: string;
  #at = 0;

  constructor(bytes: Uint8Array, object: string) {
    this.#bytes = bytes;
    this.#object = object;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array {
    if (length > this.left) {
      throw refusal(this.#object, `${length} more bytes`, `${this.left}`);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Big-endian, of at most four bytes. */
  number(length: number): number {
    return this.take(length).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** RFC 9580, section 3.2: the count of bits has to be that of the number. */
  mpi(maxBits: number): Uint8Array {
    const bits = this.number(2);
    if (bits > maxBits) {
      throw refusal(this.#object, `a number of at most ${maxBits} bits`, `one of ${bits}`);
    }
    const bytes = this.take(Math.ceil(bits / 8));
    const [first] = bytes;
    if (first !== undefined && 32 - Math.clz32(first) !== bits - (bytes.length - 1) * 8) {
      throw refusal(this.#object, `a number of ${bits} bits`, 'one of fewer or more');
    }
    return bytes;
  }

  /** Nothing may follow. */
  end(what: string): void {
    if (this.left > 0) {
      throw refusal(this.#object, `the end of ${what}`, `${this.left} more bytes`);
    }
  }
}
