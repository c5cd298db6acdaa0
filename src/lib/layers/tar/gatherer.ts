/** Puts together a record that is split over chunks. */
export class Gatherer {
  #buffer: Buffer | null = null;
  #filled = 0;

  /** Bytes held of a record that is not complete. */
  get held(): Buffer {
    return this.#buffer === null ? Buffer.alloc(0) : this.#buffer.subarray(0, this.#filled);
  }

  get empty(): boolean {
    return this.#filled === 0;
  }

  /** How many of `available` bytes a record of `size` bytes still takes. */
  wants(size: number, available: number): number {
    return Math.min(size - this.#filled, available);
  }

  /** The record when these bytes complete it, else null. A record within one chunk is not copied. */
  add(piece: Buffer, size: number): Buffer | null {
    if (this.#filled === 0 && piece.length === size) {
      return piece;
    }
    this.#buffer ??= Buffer.allocUnsafe(size);
    this.#buffer.set(piece, this.#filled);
    this.#filled += piece.length;
    if (this.#filled < size) {
      return null;
    }
    const record = this.#buffer;
    this.#buffer = null;
    this.#filled = 0;
    return record;
  }
}
