import { LIMITS } from '#base/limits.ts';
import { parseNumber } from './numbers.ts';
import type { PaxSparse } from './pax.ts';
import { decimal } from './pax.ts';

/** Offsets and lengths in one map: a file with more than half a million holes is no file that anyone analyses. */
export const MAX_NUMBERS = LIMITS.tarExtensionBytes;

/** Where the stored bytes belong in a sparse file: offset and length in turns, in order and without overlap. */
export interface SparseMap {
  readonly size: number;
  readonly fragments: readonly number[];
}

/** A sparse file of format 1.0 has its map at the start of its content, so it is known by this only. */
export type PaxSparseForm =
  | { readonly kind: 'map'; readonly map: SparseMap }
  | { readonly kind: 'in-content'; readonly size: number };

/**
 * What the `GNU.sparse.*` records mean: null when they are of a version that Go and GNU tar do not know either, which
 * then leaves an ordinary file; a text when they contradict themselves.
 */
export function readPaxSparse(sparse: PaxSparse, stored: number): PaxSparseForm | string | null {
  const version = sparse.major === undefined && sparse.minor === undefined ? '' : `${sparse.major}.${sparse.minor}`;
  if (version === '' ? sparse.map === undefined : !['0.0', '0.1', '1.0'].includes(version)) {
    return null;
  }
  const written = sparse.size ?? sparse.realSize;
  const size = written === undefined ? stored : decimal(written);
  if (size === null) {
    return 'no number in the size of a sparse file';
  }
  if (version === '1.0') {
    return { kind: 'in-content', size };
  }
  const numbers = sparse.map === undefined || sparse.map === '' ? [] : sparse.map.split(',').map(decimal);
  const map = sparseMap(size, numbers, stored);
  return typeof map === 'string' ? map : { kind: 'map', map };
}

/** Checks a map against the size of the file and the bytes that the archive holds for it. */
export function sparseMap(size: number, numbers: readonly (number | null)[], stored: number): SparseMap | string {
  if (numbers.length % 2 !== 0) {
    return 'sparse map with an offset but no length';
  }
  const fragments: number[] = [];
  let end = 0;
  let total = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    const offset = numbers[index] ?? null;
    const length = numbers[index + 1] ?? null;
    if (offset === null || length === null || offset < end || offset + length > size) {
      return 'sparse map out of order or beyond the end of the file';
    }
    end = offset + length;
    total += length;
    fragments.push(offset, length);
  }
  return total === stored ? { size, fragments } : `sparse map of ${total} bytes where ${stored} are stored`;
}

/** Up to `count` pairs of a GNU sparse header, each 12 + 12 bytes; an empty pair ends them. Null: unreadable. */
export function readSparsePairs(block: Buffer, at: number, count: number, into: number[]): boolean {
  for (let index = 0; index < count; index += 1) {
    const start = at + index * 24;
    if (block[start] === 0) {
      return true;
    }
    const offset = parseNumber(block, start, 12);
    const length = parseNumber(block, start + 12, 12);
    if (offset === null || length === null || offset < 0 || length < 0) {
      return false;
    }
    into.push(offset, length);
  }
  return true;
}

/** Old GNU format: four pairs in the header itself, and whether extension blocks of 21 follow. */
export const OLD_GNU = {
  pairs: 386,
  count: 4,
  extended: 482,
  realSize: 483,
  blockCount: 21,
  blockExtended: 504,
} as const;

const NEWLINE = 0x0a;
const ZERO = 0x30;

/**
 * The map at the start of the content in format 1.0: decimal numbers, one per line, the first of which says how many
 * pairs follow; filled up to a whole block.
 */
export class ContentMapReader {
  readonly #numbers: number[] = [];
  #pairs: number | null = null;
  #value = 0;
  #digits = 0;

  /** Offsets and lengths once the block holds the last of them, `null` when more blocks follow, else what is wrong. */
  add(block: Buffer): readonly number[] | string | null {
    for (const byte of block) {
      if (byte !== NEWLINE) {
        if (byte < ZERO || byte > ZERO + 9 || this.#digits === 15) {
          return 'sparse map with a line that is no number';
        }
        this.#value = this.#value * 10 + byte - ZERO;
        this.#digits += 1;
      } else if (this.#finishLine()) {
        return this.#numbers;
      }
    }
    return this.#numbers.length > MAX_NUMBERS ? 'sparse map with too many fragments' : null;
  }

  #finishLine(): boolean {
    if (this.#pairs === null) {
      this.#pairs = this.#value;
    } else {
      this.#numbers.push(this.#value);
    }
    this.#value = 0;
    this.#digits = 0;
    return this.#numbers.length === this.#pairs * 2;
  }
}
