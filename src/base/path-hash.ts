import { endianness } from 'node:os';

/** 64 bits in two numbers, for sets of paths that are too many to be kept as texts. Not secret, and easy to collide on purpose. */
export interface PathHash {
  readonly first: number;
  readonly second: number;
}

const SEEDS: PathHash = { first: 0x1bad_b002, second: 0x2545_f491 };
const FIRST_PRIME = 0x9e37_79b1;
const SECOND_PRIME = 0x85eb_ca77;
const NUMBERS = 2;
const BYTES = NUMBERS * Int32Array.BYTES_PER_ELEMENT;
const SWAPPED = endianness() === 'BE';

/** Hashes of paths, eight bytes each, which a text can hold. */
export class PathHashes {
  #numbers = new Int32Array(0);
  #used = 0;
  #folder = SEEDS;

  get count(): number {
    return this.#used / NUMBERS;
  }

  /** What every path that is added from now on begins with, slash included: read once, however many follow. */
  startWith(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.#folder = mix(SEEDS, bytes, start, end);
  }

  /** A path, or the rest of one: the bytes from `start` to `end`. */
  add(bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (this.#used === this.#numbers.length) {
      const larger = new Int32Array(Math.max(64, this.#used * 2));
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    const { first, second } = mix(this.#folder, bytes, start, end);
    this.#numbers[this.#used] = finish(first);
    this.#numbers[this.#used + 1] = finish(second);
    this.#used += NUMBERS;
  }

  /** In base64, the low byte of each number first. */
  toText(): string {
    const bytes = Buffer.from(this.#numbers.slice(0, this.#used).buffer);
    return (SWAPPED ? bytes.swap32() : bytes).toString('base64');
  }
}

/** How many hashes are in such a text; never too few. */
export function countPathHashes(text: string): number {
  return Math.floor((text.length * 3) / 4 / BYTES);
}

/** The hashes in such a text, two numbers each; what is no whole hash at its end is left out. */
export function readPathHashes(text: string): Int32Array {
  const numbers = new Int32Array(countPathHashes(text) * NUMBERS);
  const bytes = Buffer.from(numbers.buffer);
  const count = Math.floor(bytes.write(text, 'base64') / BYTES);
  if (SWAPPED) {
    bytes.swap32();
  }
  return numbers.subarray(0, count * NUMBERS);
}

/** The same of a single path, in UTF-8. */
export function hashPath(path: string): PathHash {
  const bytes = Buffer.from(path);
  const { first, second } = mix(SEEDS, bytes, 0, bytes.length);
  return { first: finish(first), second: finish(second) };
}

function mix(seeds: PathHash, bytes: Uint8Array, start: number, end: number): PathHash {
  let { first, second } = seeds;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    first = Math.imul(first ^ byte, FIRST_PRIME);
    first ^= first >>> 15;
    second = Math.imul(second ^ byte, SECOND_PRIME);
    second ^= second >>> 15;
  }
  return { first, second };
}

function finish(state: number): number {
  const once = Math.imul(state ^ (state >>> 16), 0x7feb_352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846c_a68b);
  return twice ^ (twice >>> 16);
}
