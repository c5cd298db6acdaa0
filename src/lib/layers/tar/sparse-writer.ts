import type { TarSink } from './entry.ts';
import type { SparseMap } from './sparse.ts';

const ZEROS = Buffer.alloc(64 * 1024);

/** Hands the stored bytes of a sparse file to the sink with the holes between them filled with zeros. */
export class SparseWriter {
  readonly #map: SparseMap;
  readonly #sink: TarSink;
  #fragment = 0;
  /** Bytes of the file that have been handed out. */
  #position = 0;

  constructor(map: SparseMap, sink: TarSink) {
    this.#map = map;
    this.#sink = sink;
  }

  write(piece: Buffer): void {
    let rest = piece;
    while (rest.length > 0) {
      const start = this.#map.fragments[this.#fragment] ?? this.#map.size;
      const end = start + (this.#map.fragments[this.#fragment + 1] ?? 0);
      this.#fill(start);
      const part = rest.subarray(0, end - this.#position);
      if (part.length > 0) {
        this.#sink.content(part);
        this.#position += part.length;
        rest = rest.subarray(part.length);
      }
      if (this.#position === end) {
        this.#fragment += 2;
      }
    }
  }

  finish(): void {
    this.#fill(this.#map.size);
    this.#sink.contentEnd();
  }

  #fill(end: number): void {
    while (this.#position < end) {
      const zeros = ZEROS.subarray(0, end - this.#position);
      this.#sink.content(zeros);
      this.#position += zeros.length;
    }
  }
}
