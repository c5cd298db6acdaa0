import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { LayerEntry } from '#model/layer.ts';
import { ENTRY_TYPES, FileTable, HASH_BYTES, HASHED } from './file-table.ts';
import { StringColumnBuilder } from './strings.ts';

const FIRST_CAPACITY = 1024;

/** Collects entries into columns. Throws `LIMIT_EXCEEDED` past `LIMITS.layerEntries` and `LIMITS.layerPathBytes`. */
export class FileTableBuilder {
  readonly #object: string;
  #length = 0;
  #capacity = FIRST_CAPACITY;
  #types = new Uint8Array(FIRST_CAPACITY);
  #modes = new Uint16Array(FIRST_CAPACITY);
  #uids = new Uint32Array(FIRST_CAPACITY);
  #gids = new Uint32Array(FIRST_CAPACITY);
  #sizes = new Float64Array(FIRST_CAPACITY);
  readonly #paths = new StringColumnBuilder();
  readonly #links = new StringColumnBuilder();
  #hashes = Buffer.allocUnsafe(FIRST_CAPACITY * HASH_BYTES);
  #hashLength = 0;
  #pathBytes = 0;

  /** `object` names the layer in errors. */
  constructor(object: string) {
    this.#object = object;
  }

  /** A path and a link each have at most `LIMITS.pathBytes` characters. */
  add(entry: Omit<LayerEntry, 'sha256'>): void {
    const at = this.#length;
    this.#pathBytes += entry.path.length + (entry.link?.length ?? 0);
    if (at === LIMITS.layerEntries) {
      throw limitExceeded(this.#object, LIMITS.layerEntries, 'entries');
    }
    if (this.#pathBytes > LIMITS.layerPathBytes) {
      throw limitExceeded(this.#object, LIMITS.layerPathBytes, 'bytes of paths');
    }
    if (at === this.#capacity) {
      this.#grow();
    }
    this.#types[at] = ENTRY_TYPES.indexOf(entry.type);
    this.#modes[at] = entry.mode;
    this.#uids[at] = entry.uid;
    this.#gids[at] = entry.gid;
    this.#sizes[at] = entry.size;
    this.#paths.add(entry.path);
    if (entry.type === 'symlink' || entry.type === 'hardlink') {
      this.#links.add(entry.link ?? '');
    }
    this.#length = at + 1;
  }

  /** The SHA-256 of the content of the entry added last. */
  addHash(sha256: Uint8Array): void {
    const last = this.#length - 1;
    this.#types[last] = (this.#types[last] ?? 0) | HASHED;
    if (this.#hashLength === this.#hashes.length) {
      this.#hashes = Buffer.concat([this.#hashes], this.#hashes.length * 2);
    }
    this.#hashes.set(sha256, this.#hashLength);
    this.#hashLength += HASH_BYTES;
  }

  finish(): FileTable {
    const end = this.#length;
    return new FileTable({
      types: this.#types.subarray(0, end),
      modes: this.#modes.subarray(0, end),
      uids: this.#uids.subarray(0, end),
      gids: this.#gids.subarray(0, end),
      sizes: this.#sizes.subarray(0, end),
      paths: this.#paths.finish(),
      links: this.#links.finish(),
      hashes: this.#hashes.subarray(0, this.#hashLength),
    });
  }

  #grow(): void {
    this.#capacity *= 2;
    const { types, modes, uids, gids, sizes } = this.finish().columns;
    this.#types = new Uint8Array(this.#capacity);
    this.#types.set(types);
    this.#modes = new Uint16Array(this.#capacity);
    this.#modes.set(modes);
    this.#uids = new Uint32Array(this.#capacity);
    this.#uids.set(uids);
    this.#gids = new Uint32Array(this.#capacity);
    this.#gids.set(gids);
    this.#sizes = new Float64Array(this.#capacity);
    this.#sizes.set(sizes);
  }
}
