import type { Omissions } from '../omissions.ts';
import type { SqlitePages } from './pages.ts';
import { readVarint } from './record.ts';

const LEAF = 0x0d;
const INTERIOR = 0x05;
const LEAF_HEADER = 8;
const INTERIOR_HEADER = 12;
const FILE_HEADER = 100;
/** A cell of at least four bytes, and its pointer. */
const MIN_CELL = 6;

export interface Row {
  readonly rowid: number;
  readonly payload: Uint8Array;
}

interface Page {
  readonly number: number;
  readonly bytes: Buffer;
  /** Bytes of rows that it can still have: cells may name the same bytes again and again. */
  room: number;
}

/**
 * The rows of a table, in order (https://sqlite.org/fileformat2.html, 1.5 and 1.6). What cannot be read goes to `damage`, by
 * page; the other rows stand. A row that is whole in its page is not copied.
 */
export function* rowsOf(pages: SqlitePages, root: number, damage: Omissions): Generator<Row> {
  const open: Page[] = [];
  push(open, pages, root, damage);
  for (let page = open.pop(); page !== undefined; page = open.pop()) {
    const start = page.number === 1 ? FILE_HEADER : 0;
    const kind = page.bytes[start];
    if (kind === LEAF) {
      for (const cell of cellsOf(page, start + LEAF_HEADER, pages.usable, damage)) {
        const row = readRow(page, cell, pages, damage);
        if (row !== null) {
          yield row;
        } else if (page.room < 0) {
          break;
        }
      }
    } else if (kind === INTERIOR) {
      const children = [...cellsOf(page, start + INTERIOR_HEADER, pages.usable, damage)].map((cell) =>
        page.bytes.readUInt32BE(cell),
      );
      // The page at hand is always the last one.
      for (const child of [...children, page.bytes.readUInt32BE(start + 8)].reverse()) {
        push(open, pages, child, damage);
      }
    } else {
      damage.add('expected a page of a table, found another', page.number);
    }
  }
}

function push(open: Page[], pages: SqlitePages, number: number, damage: Omissions): void {
  const bytes = pages.take(number);
  if (bytes === null) {
    damage.add('expected a page that belongs to one table, found none, or one that was read before', number);
  } else {
    open.push({ number, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), room: pages.usable });
  }
}

/** Where the cells of a page start; `pointers` is where the array of their offsets does. */
function* cellsOf(page: Page, pointers: number, usable: number, damage: Omissions): Generator<number> {
  const header = page.number === 1 ? FILE_HEADER : 0;
  const count = page.bytes.readUInt16BE(header + 3);
  const end = pointers + 2 * count;
  if (pointers + MIN_CELL * count > usable) {
    damage.add('expected as many cells as fit into a page, found more', page.number);
    return;
  }
  for (let at = pointers; at < end; at += 2) {
    const cell = page.bytes.readUInt16BE(at);
    if (cell < end || cell > usable - 4) {
      damage.add('expected cells inside their page, found one outside', page.number);
    } else {
      yield cell;
    }
  }
}

function readRow(page: Page, cell: number, pages: SqlitePages, damage: Omissions): Row | null {
  const content = page.bytes.subarray(0, pages.usable);
  const length = readVarint(content, cell);
  const rowid = length === null ? null : readVarint(content, length.end);
  if (length === null || rowid === null) {
    damage.add('expected a row, found one that is cut off', page.number);
    return null;
  }
  const local = localSize(length.value, pages.usable);
  const end = rowid.end + local;
  if (end + (local < length.value ? 4 : 0) > content.length) {
    damage.add('expected a row, found one that is cut off', page.number);
    return null;
  }
  page.room -= end - cell;
  if (page.room < 0) {
    damage.add('expected rows beside each other, found some that overlap', page.number);
    return null;
  }
  const first = content.subarray(rowid.end, end);
  if (local === length.value) {
    return { rowid: rowid.value, payload: first };
  }
  const rest = readOverflow(pages, content.readUInt32BE(end), length.value - local);
  if (rest === null) {
    damage.add('expected the whole of a row on overflow pages, found less', page.number);
    return null;
  }
  return { rowid: rowid.value, payload: Buffer.concat([first, ...rest]) };
}

/** How much of a payload is in the page itself. */
function localSize(length: number, usable: number): number {
  const most = usable - 35;
  if (length <= most) {
    return length;
  }
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((length - least) % (usable - 4));
  return fitting <= most ? fitting : least;
}

/** Pieces of a payload that does not fit: each page names the next. Null when there are too few or too many. */
function readOverflow(pages: SqlitePages, first: number, length: number): readonly Uint8Array[] | null {
  const pieces: Uint8Array[] = [];
  let next = first;
  let left = length;
  while (left > 0) {
    const bytes = pages.take(next);
    if (bytes === null) {
      return null;
    }
    const size = Math.min(left, pages.usable - 4);
    pieces.push(bytes.subarray(4, 4 + size));
    left -= size;
    next = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  }
  return next === 0 ? pieces : null;
}
