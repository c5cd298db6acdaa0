import type { EntryCursor, EntryType, LayerEntries, LayerEntry } from '#model/layer.ts';
import { StringColumnReader } from './strings.ts';

/** The order is part of the stored format. */
export const ENTRY_TYPES: readonly EntryType[] = ['file', 'folder', 'symlink', 'hardlink', 'char', 'block', 'fifo'];

/** Set in the type column when a SHA-256 of the content is in the hash column. */
export const HASHED = 0x80;
export const HASH_BYTES = 32;

/** The entries of a layer by column; strings and hashes in the order of the entries that have them. */
export interface Columns {
  readonly types: Uint8Array;
  readonly modes: Uint16Array;
  readonly uids: Uint32Array;
  readonly gids: Uint32Array;
  readonly sizes: Float64Array;
  readonly paths: Buffer;
  readonly links: Buffer;
  readonly hashes: Buffer;
}

/** A layer's entries, about 50 bytes each; an entry becomes an object only while it is looked at. */
export class FileTable implements LayerEntries {
  readonly columns: Columns;

  constructor(columns: Columns) {
    this.columns = columns;
  }

  get length(): number {
    return this.columns.types.length;
  }

  get hashed(): number {
    return this.columns.hashes.length / HASH_BYTES;
  }

  get byteLength(): number {
    const columns: readonly ArrayBufferView[] = Object.values(this.columns);
    return columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  typeAt(row: number): EntryType {
    return ENTRY_TYPES[(this.columns.types[row] ?? 0) & ~HASHED] ?? 'file';
  }

  modeAt(row: number): number {
    return this.columns.modes[row] ?? 0;
  }

  sizeAt(row: number): number {
    return this.columns.sizes[row] ?? 0;
  }

  cursor(): EntryCursor {
    return new TableCursor(this);
  }

  *[Symbol.iterator](): Generator<LayerEntry> {
    for (const cursor = this.cursor(); cursor.next(); ) {
      yield cursor.entry();
    }
  }
}

class TableCursor implements EntryCursor {
  readonly #table: FileTable;
  readonly #paths: StringColumnReader;
  readonly #links: StringColumnReader;
  #row = -1;
  #hash = -HASH_BYTES;

  constructor(table: FileTable) {
    this.#table = table;
    this.#paths = new StringColumnReader(table.columns.paths);
    this.#links = new StringColumnReader(table.columns.links);
  }

  get type(): EntryType {
    return this.#table.typeAt(this.#row);
  }

  get hashed(): boolean {
    return ((this.#table.columns.types[this.#row] ?? 0) & HASHED) !== 0 && !this.#linked;
  }

  get sameFolder(): boolean {
    return this.#row > 0 && this.#paths.sameFolder;
  }

  next(): boolean {
    if (this.#row + 1 >= this.#table.length) {
      return false;
    }
    this.#row += 1;
    this.#paths.advance();
    if (this.#linked) {
      this.#links.advance();
    }
    this.#hash += this.hashed ? HASH_BYTES : 0;
    return true;
  }

  path(): string {
    return this.#paths.current();
  }

  name(): string {
    return this.#paths.name();
  }

  entry(): LayerEntry {
    const { uids, gids, hashes } = this.#table.columns;
    const row = this.#row;
    const entry: LayerEntry = {
      path: this.path(),
      type: this.type,
      mode: this.#table.modeAt(row),
      uid: uids[row] ?? 0,
      gid: gids[row] ?? 0,
      size: this.#table.sizeAt(row),
    };
    if (this.#linked) {
      return { ...entry, link: this.#links.current() };
    }
    return this.hashed ? { ...entry, sha256: hashes.toString('hex', this.#hash, this.#hash + HASH_BYTES) } : entry;
  }

  get #linked(): boolean {
    const { type } = this;
    return type === 'symlink' || type === 'hardlink';
  }
}

/** The table of a layer of which nothing could be read. */
export const EMPTY_TABLE: FileTable = new FileTable({
  types: new Uint8Array(0),
  modes: new Uint16Array(0),
  uids: new Uint32Array(0),
  gids: new Uint32Array(0),
  sizes: new Float64Array(0),
  paths: Buffer.alloc(0),
  links: Buffer.alloc(0),
  hashes: Buffer.alloc(0),
});
