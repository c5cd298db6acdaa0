import { randomFillSync } from 'node:crypto';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { countPathHashes, hashPath, readPathHashes } from '#base/path-hash.ts';
import type { NamedPackage } from '#model/package.ts';

/** A package of a database that is in the view, and the files that it says are its own. */
export interface Claim {
  readonly owner: NamedPackage;
  /** The layer that says so. */
  readonly layer: number;
  /** Hashes of their paths, or of paths with digests. */
  readonly files: string;
  /** True when the package's database has digests of them too. */
  readonly digested: boolean;
}

/** Packages that claim one path: two, where one of them diverts. Further ones are passed over. */
const CLAIMS_PER_PATH = 64;
const EMPTY = 0;
/** Bits of a hash by which most paths are told from a few, without looking for them. */
const SIEVE = 0xfff;

/**
 * Who claims a path: the hashes of all lists one after the other, and open addressing for where they are. The places
 * depend on numbers that change with every run, so that nobody can choose paths that all share one.
 */
export class ClaimTable {
  readonly #claims: readonly Claim[];
  /** Two numbers for each path, in the order of the claims. */
  readonly #hashes: Int32Array;
  /** For each claim, how many paths it and those before it have. */
  readonly #ends: readonly number[];
  /** Which path is there, counted from 1. */
  readonly #slots: Int32Array;
  readonly #shift: number;
  readonly #firstKey: number;
  readonly #secondKey: number;

  /** Of two claims to one path the earlier one counts. Throws `LIMIT_EXCEEDED` past `LIMITS.imageEntries`. */
  constructor(claims: readonly Claim[]) {
    this.#claims = claims;
    const most = claims.reduce((sum, { files }) => sum + countPathHashes(files), 0);
    if (most > LIMITS.imageEntries) {
      throw limitExceeded('image', LIMITS.imageEntries, 'files of packages', most);
    }
    this.#hashes = new Int32Array(most * 2);
    const ends: number[] = [];
    let used = 0;
    for (const { files } of claims) {
      const numbers = readPathHashes(files);
      this.#hashes.set(numbers, used);
      used += numbers.length;
      ends.push(used / 2);
    }
    this.#ends = ends;
    const bits = Math.max(1, Math.ceil(Math.log2(most * 1.5 + 1)));
    this.#shift = 32 - bits;
    const [firstKey = 0, secondKey = 0] = randomFillSync(new Int32Array(2));
    this.#firstKey = firstKey | 1;
    this.#secondKey = secondKey | 1;
    this.#slots = new Int32Array(2 ** bits);
    this.#fill(used / 2);
  }

  /** A path, or one with the head of a digest, as the claims have it. */
  find(path: string): Claim | null {
    const { first, second } = hashPath(path);
    const number = this.#slots[this.#slotOf(first, second)] ?? EMPTY;
    return number === EMPTY ? null : this.#claimOf(number - 1);
  }

  /** All claims to each of these paths, which are few. */
  findAll(paths: readonly string[]): ReadonlyMap<string, readonly Claim[]> {
    const sieve = new Uint8Array(SIEVE + 1);
    const wanted = new Map<number, Map<number, string>>();
    for (const path of paths) {
      const { first, second } = hashPath(path);
      sieve[first & SIEVE] = 1;
      wanted.set(first, (wanted.get(first) ?? new Map<number, string>()).set(second, path));
    }
    const found = new Map<string, Claim[]>();
    const hashes = this.#hashes;
    const end = paths.length === 0 ? 0 : 2 * (this.#ends.at(-1) ?? 0);
    for (let at = 0; at < end; at += 2) {
      const first = hashes[at] ?? 0;
      const path = sieve[first & SIEVE] === 1 ? wanted.get(first)?.get(hashes[at + 1] ?? 0) : undefined;
      if (path !== undefined) {
        const claim = this.#claimOf(at / 2);
        const known = found.get(path) ?? [];
        found.set(path, known);
        if (claim !== null && known.length < CLAIMS_PER_PATH && known.at(-1) !== claim) {
          known.push(claim);
        }
      }
    }
    return found;
  }

  #fill(count: number): void {
    const hashes = this.#hashes;
    const slots = this.#slots;
    for (let index = 0; index < count; index += 1) {
      const slot = this.#slotOf(hashes[2 * index] ?? 0, hashes[2 * index + 1] ?? 0);
      if (slots[slot] === EMPTY) {
        slots[slot] = index + 1;
      }
    }
  }

  /** Where the hash is, or would be. A third of the table is empty, so there is an end. */
  #slotOf(first: number, second: number): number {
    const slots = this.#slots;
    const hashes = this.#hashes;
    const mask = slots.length - 1;
    let slot = (Math.imul(first, this.#firstKey) + Math.imul(second, this.#secondKey)) >>> this.#shift;
    for (let number = slots[slot] ?? EMPTY; number !== EMPTY; number = slots[slot] ?? EMPTY) {
      if (hashes[2 * number - 2] === first && hashes[2 * number - 1] === second) {
        break;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** The claim that has the path of this number. */
  #claimOf(path: number): Claim | null {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) <= path) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return this.#claims[low] ?? null;
  }
}
