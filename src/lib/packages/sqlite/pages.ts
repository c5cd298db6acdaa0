import { quote } from '#base/error.ts';
import { PackagesError } from '../error.ts';

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const MIN_USABLE = 480;
const UTF_8 = 1;

/** The pages of a SQLite database file (https://sqlite.org/fileformat2.html, 1.2 and 1.3). */
export class SqlitePages {
  /** Bytes of each page that hold content. */
  readonly usable: number;
  readonly #bytes: Uint8Array;
  readonly #pageSize: number;
  readonly #count: number;
  readonly #taken: Uint8Array;

  /** Throws `PACKAGE_DATABASE_INVALID` for a file that does not begin as one, or is shorter than it says. */
  constructor(bytes: Uint8Array, object: string) {
    const invalid = (expected: string, found: string): PackagesError =>
      new PackagesError('PACKAGE_DATABASE_INVALID', 'not a SQLite database', { object, expected, found });
    if (bytes.length < HEADER_BYTES) {
      throw invalid(`at least ${HEADER_BYTES} bytes`, `${bytes.length}`);
    }
    const magic = Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1');
    if (magic !== MAGIC) {
      throw invalid(`${quote(MAGIC)} at the start`, quote(magic));
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const written = view.getUint16(16);
    const pageSize = written === 1 ? 65_536 : written;
    if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) {
      throw invalid('a page size that is a power of two from 512 to 65536', `${pageSize}`);
    }
    this.usable = pageSize - view.getUint8(20);
    if (this.usable < MIN_USABLE) {
      throw invalid(`at least ${MIN_USABLE} usable bytes in a page`, `${this.usable}`);
    }
    if (view.getUint8(19) > 2) {
      throw invalid('read version 1 or 2', `${view.getUint8(19)}`);
    }
    if (view.getUint32(56) !== UTF_8) {
      throw invalid('texts in UTF-8', `encoding ${view.getUint32(56)}`);
    }
    // Old writers leave the number of pages alone, and then do not repeat the change counter.
    const isCounted = view.getUint32(28) > 0 && view.getUint32(24) === view.getUint32(92);
    const whole = Math.floor(bytes.length / pageSize);
    this.#count = isCounted ? view.getUint32(28) : whole;
    if (this.#count > whole) {
      throw invalid(`${this.#count} pages of ${pageSize} bytes`, `${bytes.length} bytes`);
    }
    this.#bytes = bytes;
    this.#pageSize = pageSize;
    this.#taken = new Uint8Array(this.#count + 1);
  }

  /**
   * Page `number`, counted from 1. Each can be had once, as each belongs to one place of one table; so there are no cycles
   * and no more work than pages. Null for one that was had, or is not there.
   */
  take(number: number): Uint8Array | null {
    if (number < 1 || number > this.#count || this.#taken[number] === 1) {
      return null;
    }
    this.#taken[number] = 1;
    const start = (number - 1) * this.#pageSize;
    return this.#bytes.subarray(start, start + this.#pageSize);
  }
}
