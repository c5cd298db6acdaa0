/** A varint and the index after it (https://sqlite.org/fileformat2.html, 1.6). Past 2^53 no longer exact, and larger than any bound. */
export interface Varint {
  readonly value: number;
  readonly end: number;
}

const MAX_COLUMNS = 16;
/** Content bytes of the types 0 to 9: null, integers, a float, the constants 0 and 1. */
const SIZES: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];
const FIRST_TEXT_OR_BLOB = 12;

export type Column =
  | { readonly kind: 'null' }
  | { readonly kind: 'number'; readonly type: number; readonly bytes: Uint8Array }
  | { readonly kind: 'text' | 'blob'; readonly bytes: Uint8Array };

/** Null when the bytes end before it does. */
export function readVarint(bytes: Uint8Array, start: number): Varint | null {
  let value = 0;
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) {
      return null;
    }
    if (index === 8) {
      return { value: value * 256 + byte, end: start + 9 };
    }
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      return { value, end: start + index + 1 };
    }
  }
  return null;
}

/** The columns of a row (the same, 2.1); null for what is no record, or one of more columns than are read here. */
export function readRecord(payload: Uint8Array): readonly Column[] | null {
  const header = readVarint(payload, 0);
  if (header === null || header.value > payload.length) {
    return null;
  }
  const columns: Column[] = [];
  let at = header.end;
  let start = header.value;
  while (at < header.value) {
    const type = readVarint(payload.subarray(0, header.value), at);
    const size = type === null ? null : sizeOf(type.value);
    if (type === null || size === null || start + size > payload.length || columns.length === MAX_COLUMNS) {
      return null;
    }
    columns.push(toColumn(type.value, payload.subarray(start, start + size)));
    at = type.end;
    start += size;
  }
  return columns;
}

function sizeOf(type: number): number | null {
  return type < FIRST_TEXT_OR_BLOB ? (SIZES[type] ?? null) : Math.floor((type - FIRST_TEXT_OR_BLOB) / 2);
}

function toColumn(type: number, bytes: Uint8Array): Column {
  if (type === 0) {
    return { kind: 'null' };
  }
  if (type < FIRST_TEXT_OR_BLOB) {
    return { kind: 'number', type, bytes };
  }
  return { kind: type % 2 === 0 ? 'blob' : 'text', bytes };
}

/** An integer that cannot be negative; null for anything else. */
export function toNatural(column: Column | undefined): number | null {
  if (column?.kind !== 'number' || column.type === 7) {
    return null;
  }
  if (column.type >= 8) {
    return column.type - 8;
  }
  const value = column.bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return (column.bytes[0] ?? 0) < 0x80 && Number.isSafeInteger(value) ? value : null;
}
