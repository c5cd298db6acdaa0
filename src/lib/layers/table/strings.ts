import { LIMITS } from '#base/limits.ts';

/** A longest path in UTF-8: `normalisePath` counts UTF-16 units, each of which takes at most three bytes. */
const MAX_BYTES = LIMITS.pathBytes * 3;

/**
 * Many strings, each stored as what it does not share with the one before: neighbours in a tar have their folder in
 * common, so a million paths take some tens of megabytes instead of some hundreds.
 */
export class StringColumnBuilder {
  #bytes = Buffer.allocUnsafe(4096);
  #used = 0;
  #previous = Buffer.allocUnsafe(MAX_BYTES);
  #previousLength = 0;
  #current = Buffer.allocUnsafe(MAX_BYTES);

  /** `text` has at most `LIMITS.pathBytes` UTF-16 units. */
  add(text: string): void {
    const length = this.#current.write(text, 0, 'utf8');
    const most = Math.min(length, this.#previousLength);
    let shared = 0;
    while (shared < most && this.#current[shared] === this.#previous[shared]) {
      shared += 1;
    }
    this.#reserve(length - shared + 4);
    this.#writeLength(shared);
    this.#writeLength(length - shared);
    this.#current.copy(this.#bytes, this.#used, shared, length);
    this.#used += length - shared;
    [this.#previous, this.#current] = [this.#current, this.#previous];
    this.#previousLength = length;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#used);
  }

  #reserve(more: number): void {
    if (this.#used + more > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#bytes.length * 2 + more);
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
  }

  #writeLength(length: number): void {
    this.#used = this.#bytes.writeUInt16LE(length, this.#used);
  }
}

const SLASH = 0x2f;

/** Reads a string column from its start; there is no way to jump into it. */
export class StringColumnReader {
  readonly #bytes: Buffer;
  #at = 0;
  readonly #text = Buffer.allocUnsafe(MAX_BYTES);
  #length = 0;
  /** Where the last slash of the text is, -1 without one. */
  #slash = -1;
  #ascii = true;
  #sameFolder = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** True when the text up to its last slash is that of the text before. */
  get sameFolder(): boolean {
    return this.#sameFolder;
  }

  /** Moves to the next text. */
  advance(): void {
    const shared = this.#bytes.readUInt16LE(this.#at);
    const length = this.#bytes.readUInt16LE(this.#at + 2);
    this.#bytes.copy(this.#text, shared, this.#at + 4, this.#at + 4 + length);
    this.#at += 4 + length;
    this.#length = shared + length;
    let slash = this.#length - 1;
    let bits = 0;
    for (; slash >= 0; slash -= 1) {
      const byte = this.#text[slash] ?? 0;
      if (byte === SLASH) {
        break;
      }
      bits |= byte;
    }
    this.#sameFolder = slash === this.#slash && shared > slash;
    this.#slash = slash;
    this.#ascii = bits < 0x80;
  }

  current(): string {
    return this.#text.toString('utf8', 0, this.#length);
  }

  /** What follows the last slash. Not cut out of the whole text, which it would keep in memory. */
  name(): string {
    return this.#text.toString(this.#ascii ? 'latin1' : 'utf8', this.#slash + 1, this.#length);
  }
}
