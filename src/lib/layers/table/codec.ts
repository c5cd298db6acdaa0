import type { UnreadableEntry } from '#model/layer.ts';
import { type Columns, FileTable } from './file-table.ts';

/** What a layer holds besides the results of analysers. */
export interface LayerTable {
  readonly table: FileTable;
  readonly whiteouts: readonly string[];
  readonly opaques: readonly string[];
  readonly unreadable: readonly UnreadableEntry[];
}

/** Raised with every change of the stored form; facts of another version read as absent. */
export const TABLE_VERSION = 1;

interface TableHead {
  readonly version: number;
  /** Byte lengths of the columns in the order of `COLUMNS`. */
  readonly columns: readonly number[];
  readonly whiteouts: readonly string[];
  readonly opaques: readonly string[];
  readonly unreadable: readonly UnreadableEntry[];
}

const COLUMNS = ['types', 'modes', 'uids', 'gids', 'sizes', 'paths', 'links', 'hashes'] as const;
const ITEM_BYTES: readonly number[] = [1, 2, 4, 4, 8];

/** The length of a JSON head in four bytes, the head, then the columns as they are in memory. */
export function encodeTable({ table, whiteouts, opaques, unreadable }: LayerTable): Buffer {
  const columns = COLUMNS.map((name) => bytesOf(table.columns[name]));
  const head: TableHead = {
    version: TABLE_VERSION,
    columns: columns.map((column) => column.length),
    whiteouts,
    opaques,
    unreadable,
  };
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, ...columns]);
}

/** The reverse. The caller has verified the bytes against a checksum, so only the version and lengths are looked at; null for others. */
export function decodeTable(bytes: Buffer): LayerTable | null {
  const start = 4 + bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.toString('utf8', 4, start)) as TableHead;
  if (head.version !== TABLE_VERSION || head.columns.length !== COLUMNS.length) {
    return null;
  }
  let at = start;
  // A fresh copy of each column: views of numbers need an aligned start.
  const columns = head.columns.map((length) => {
    const column = Buffer.alloc(length);
    bytes.copy(column, 0, at, at + length);
    at += length;
    return column;
  });
  const [types, modes, uids, gids, sizes, paths, links, hashes] = columns;
  const count = types?.length ?? 0;
  if (at !== bytes.length || ITEM_BYTES.some((size, index) => columns[index]?.length !== count * size)) {
    return null;
  }
  if (!types || !modes || !uids || !gids || !sizes || !paths || !links || !hashes) {
    return null;
  }
  const table = new FileTable({
    types,
    modes: new Uint16Array(modes.buffer, modes.byteOffset, count),
    uids: new Uint32Array(uids.buffer, uids.byteOffset, count),
    gids: new Uint32Array(gids.buffer, gids.byteOffset, count),
    sizes: new Float64Array(sizes.buffer, sizes.byteOffset, count),
    paths,
    links,
    hashes,
  });
  return { table, whiteouts: head.whiteouts, opaques: head.opaques, unreadable: head.unreadable };
}

function bytesOf(column: Columns[(typeof COLUMNS)[number]]): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
}
