/** 64 bits in two numbers, for sets of paths that are too many to be kept as texts. Not secret, and easy to collide on purpose. */
export interface PathHash {
  readonly first: number;
  readonly second: number;
}

const SEEDS: PathHash = { first: 0x1bad_b002, second: 0x2545_f491 };
const PRIMES: PathHash = { first: 0x9e37_79b1, second: 0x85eb_ca77 };
const NUMBERS = 2;
const BYTES = 4;

/** Hashes of paths, eight bytes each, which a text can hold. */
export class PathHashes {
  #numbers = new Int32Array(0);
  #used = 0;
  #folder = SEEDS;

  get count(): number {
    return this.#used / NUMBERS;
  }

  /** What every path that is added from now on begins with, slash included: read once, however many follow. */
  startWith(folder: Uint8Array): void {
    this.#folder = {
      first: mix(SEEDS.first, PRIMES.first, folder, 0, folder.length),
      second: mix(SEEDS.second, PRIMES.second, folder, 0, folder.length),
    };
  }

  /** A path, or the rest of one: the bytes from `start` to `end`. */
  add(bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (this.#used === this.#numbers.length) {
      const larger = new Int32Array(Math.max(64, this.#used * 2));
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#used] = finish(mix(this.#folder.first, PRIMES.first, bytes, start, end));
    this.#numbers[this.#used + 1] = finish(mix(this.#folder.second, PRIMES.second, bytes, start, end));
    this.#used += NUMBERS;
  }

  /** In base64, the low byte of each number first. */
  toText(): string {
    const bytes = Buffer.alloc(this.#used * BYTES);
    for (let index = 0; index < this.#used; index += 1) {
      bytes.writeInt32LE(this.#numbers[index] ?? 0, index * BYTES);
    }
    return bytes.toString('base64');
  }
}

/** How many hashes are in such a text; never too few. */
export function countPathHashes(text: string): number {
  return Math.floor((text.length * 3) / 4 / (NUMBERS * BYTES));
}

/** The hashes in such a text, two numbers each; what is no whole hash at its end is left out. */
export function readPathHashes(text: string): Int32Array {
  const bytes = Buffer.from(text, 'base64');
  const numbers = new Int32Array(Math.floor(bytes.length / (NUMBERS * BYTES)) * NUMBERS);
  for (let index = 0; index < numbers.length; index += 1) {
    numbers[index] = bytes.readInt32LE(index * BYTES);
  }
  return numbers;
}

/** The same of a single path, in UTF-8. */
export function hashPath(path: string): PathHash {
  const bytes = Buffer.from(path);
  return {
    first: finish(mix(SEEDS.first, PRIMES.first, bytes, 0, bytes.length)),
    second: finish(mix(SEEDS.second, PRIMES.second, bytes, 0, bytes.length)),
  };
}

function mix(state: number, prime: number, bytes: Uint8Array, start: number, end: number): number {
  let mixed = state;
  for (let at = start; at < end; at += 1) {
    mixed = Math.imul(mixed ^ (bytes[at] ?? 0), prime);
    mixed ^= mixed >>> 15;
  }
  return mixed;
}

function finish(state: number): number {
  const once = Math.imul(state ^ (state >>> 16), 0x7feb_352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846c_a68b);
  return twice ^ (twice >>> 16);
}
