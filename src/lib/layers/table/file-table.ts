import type { EntryType, LayerEntry } from '#model/layer.ts';
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
export class FileTable implements Iterable<LayerEntry> {
  readonly columns: Columns;

  constructor(columns: Columns) {
    this.columns = columns;
  }

  get length(): number {
    return this.columns.types.length;
  }

  get byteLength(): number {
    const columns: readonly ArrayBufferView[] = Object.values(this.columns);
    return columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  *[Symbol.iterator](): Generator<LayerEntry> {
    const { types, modes, uids, gids, sizes, hashes } = this.columns;
    const paths = new StringColumnReader(this.columns.paths);
    const links = new StringColumnReader(this.columns.links);
    let hashAt = 0;
    for (let index = 0; index < types.length; index += 1) {
      const packed = types[index] ?? 0;
      const type = ENTRY_TYPES[packed & ~HASHED] ?? 'file';
      const entry: LayerEntry = {
        path: paths.next(),
        type,
        mode: modes[index] ?? 0,
        uid: uids[index] ?? 0,
        gid: gids[index] ?? 0,
        size: sizes[index] ?? 0,
      };
      if (type === 'symlink' || type === 'hardlink') {
        yield { ...entry, link: links.next() };
      } else if ((packed & HASHED) === 0) {
        yield entry;
      } else {
        yield { ...entry, sha256: hashes.toString('hex', hashAt, hashAt + HASH_BYTES) };
        hashAt += HASH_BYTES;
      }
    }
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
