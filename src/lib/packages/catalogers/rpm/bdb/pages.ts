import { PackagesError } from '../../../error.ts';

const META_BYTES = 512;
const MAGIC = 0x0006_1561;
const HASH_META = 8;
const VERSIONS: readonly number[] = [8, 9, 10];
const CHECKSUMS = 1;
const SPARES = 32;

/** A page of a Berkeley DB file (Berkeley DB, `dbinc/db_page.h`). */
export interface BdbPage {
  readonly bytes: Buffer;
  readonly type: number;
  /** The page that goes on with what is on this one; 0 for none. */
  readonly next: number;
  /** Items of a hash page. */
  readonly entries: number;
  /** Bytes on an overflow page. */
  readonly used: number;
}

/** The pages of a hash database. Numbers are in the byte order of the machine that wrote it. */
export class BdbPages {
  readonly pageSize: number;
  /** The first page of each bucket. */
  readonly buckets: Iterable<number>;
  readonly #bytes: Buffer;
  readonly #count: number;
  readonly #isLittle: boolean;
  readonly #taken: Uint8Array;

  /** Throws `PACKAGE_DATABASE_INVALID` for a file that is no hash database, is encrypted, or is shorter than it says. */
  constructor(bytes: Uint8Array, object: string) {
    const invalid = (expected: string, found: string): PackagesError =>
      new PackagesError('PACKAGE_DATABASE_INVALID', 'not a Berkeley DB hash database', { object, expected, found });
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < META_BYTES) {
      throw invalid(`at least ${META_BYTES} bytes`, `${bytes.length}`);
    }
    this.#isLittle = this.#bytes.readUInt32LE(12) === MAGIC;
    if (this.uint32(12) !== MAGIC || this.#bytes[25] !== HASH_META) {
      throw invalid('the magic number of a hash', `0x${this.#bytes.toString('hex', 12, 16)}`);
    }
    if (!VERSIONS.includes(this.uint32(16))) {
      throw invalid(`hash version ${VERSIONS.join(', ')}`, `${this.uint32(16)}`);
    }
    if (this.#bytes[24] !== 0 || ((this.#bytes[26] ?? 0) & CHECKSUMS) !== 0) {
      throw invalid('pages that are neither encrypted nor have checksums', 'such pages');
    }
    this.pageSize = this.uint32(20);
    if (this.pageSize < 512 || this.pageSize > 65_536 || (this.pageSize & (this.pageSize - 1)) !== 0) {
      throw invalid('a page size that is a power of two from 512 to 65536', `${this.pageSize}`);
    }
    const last = this.uint32(32);
    this.#count = last + 1;
    if (this.#count * this.pageSize > bytes.length) {
      throw invalid(`${this.#count} pages of ${this.pageSize} bytes`, `${bytes.length} bytes`);
    }
    const lastBucket = this.uint32(72);
    if (lastBucket > last) {
      throw invalid('at most as many buckets as pages', `${lastBucket + 1}`);
    }
    this.buckets = this.#bucketsTo(lastBucket);
    this.#taken = new Uint8Array(this.#count);
  }

  /** Each page can be had once, so that there are no cycles and no more work than pages. Null for one that was had or is damaged. */
  take(number: number): BdbPage | null {
    if (number < 1 || number >= this.#count || this.#taken[number] === 1) {
      return null;
    }
    this.#taken[number] = 1;
    const start = number * this.pageSize;
    if (this.uint32(start + 8) !== number) {
      return null;
    }
    return {
      bytes: this.#bytes.subarray(start, start + this.pageSize),
      type: this.#bytes[start + 25] ?? 0,
      next: this.uint32(start + 16),
      entries: this.uint16(start + 20),
      used: this.uint16(start + 22),
    };
  }

  uint16(at: number, bytes = this.#bytes): number {
    return this.#isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  uint32(at: number, bytes = this.#bytes): number {
    return this.#isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  /** The table doubles: where the buckets of each doubling begin stands in `spares`. */
  *#bucketsTo(last: number): Generator<number> {
    for (let bucket = 0; bucket <= last; bucket += 1) {
      const doubling = 32 - Math.clz32(bucket);
      yield bucket + (doubling < SPARES ? this.uint32(96 + 4 * doubling) : 0);
    }
  }
}
