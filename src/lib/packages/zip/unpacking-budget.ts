import { LIMITS, limitExceeded } from '#base/limits.ts';

/** What reading one file may cost, with all archives in each other that are in it. */
export class UnpackingBudget {
  #bytes: number;
  #entries: number;

  constructor(bytes: number = LIMITS.unpackedBytes, entries: number = LIMITS.unpackedEntries) {
    this.#bytes = bytes;
    this.#entries = entries;
  }

  /** Before so many bytes come out of a decompressor. Throws `LIMIT_EXCEEDED`; what is too large leaves the rest of the budget. */
  unpack(bytes: number, object: string): void {
    if (bytes > this.#bytes) {
      throw limitExceeded(object, this.#bytes, 'bytes to unpack', bytes);
    }
    this.#bytes -= bytes;
  }

  /** After so many entries were listed. Throws `LIMIT_EXCEEDED`. */
  list(entries: number, object: string): void {
    if (entries > this.#entries) {
      throw limitExceeded(object, this.#entries, 'entries to list', entries);
    }
    this.#entries -= entries;
  }
}
