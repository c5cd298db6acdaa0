import { randomFillSync } from 'node:crypto';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { countPathHashes, hashPath, readPathHashes } from '#base/path-hash.ts';
import type { NamedPackage } from '#model/package.ts';

/** A package of a database that is in the view, and the files that it says are its own. */
export interface Claim {
  readonly owner: NamedPackage;
  /** The layer that says so. */
  readonly layer: number;
  /** Hashes of their paths. */
  readonly files: string;
}

const EMPTY = 0;

/**
 * Who claims a path: open addressing in typed arrays, of which an image with a hundred thousand claims needs 3 MB. The
 * places depend on numbers that change with every run, so that nobody can choose paths that all share one.
 */
export class ClaimTable {
  readonly #claims: readonly Claim[];
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  /** Index of the claim, counted from 1. */
  readonly #claim: Int32Array;
  readonly #keys = randomFillSync(new Int32Array(2));
  readonly #shift: number;

  /** Of two claims to one path the earlier one counts. Throws `LIMIT_EXCEEDED` past `LIMITS.imageEntries`. */
  constructor(claims: readonly Claim[]) {
    this.#claims = claims;
    const count = claims.reduce((sum, { files }) => sum + countPathHashes(files), 0);
    if (count > LIMITS.imageEntries) {
      throw limitExceeded('image', LIMITS.imageEntries, 'files of packages', count);
    }
    const bits = Math.max(1, Math.ceil(Math.log2(count * 1.5 + 1)));
    this.#shift = 32 - bits;
    this.#first = new Int32Array(2 ** bits);
    this.#second = new Int32Array(2 ** bits);
    this.#claim = new Int32Array(2 ** bits);
    for (const [index, { files }] of claims.entries()) {
      const numbers = readPathHashes(files);
      for (let at = 0; at < numbers.length; at += 2) {
        this.#add(numbers[at] ?? 0, numbers[at + 1] ?? 0, index + 1);
      }
    }
  }

  find(path: string): Claim | null {
    const { first, second } = hashPath(path);
    return this.#claims[(this.#claim[this.#slotOf(first, second)] ?? EMPTY) - 1] ?? null;
  }

  #add(first: number, second: number, claim: number): void {
    const slot = this.#slotOf(first, second);
    if (this.#claim[slot] === EMPTY) {
      this.#first[slot] = first;
      this.#second[slot] = second;
      this.#claim[slot] = claim;
    }
  }

  /** Where the hash is, or would be. A third of the table is empty, so there is an end. */
  #slotOf(first: number, second: number): number {
    const mask = this.#claim.length - 1;
    const mixed = Math.imul(first, (this.#keys[0] ?? 0) | 1) + Math.imul(second, (this.#keys[1] ?? 0) | 1);
    let slot = mixed >>> this.#shift;
    while (this.#claim[slot] !== EMPTY && (this.#first[slot] !== first || this.#second[slot] !== second)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
