import { recordDamaged } from './error.ts';

/** 7 bits to a byte: a safe integer takes eight at most. */
const MAX_BYTES = 8;

/** Ascending ids, as what is between each and the one before it, in groups of seven bits, lowest first (LEB128). */
export function writeIdList(ids: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let before = 0;
  for (const id of ids) {
    let rest = id - before;
    while (rest >= 0x80) {
      bytes.push((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    bytes.push(rest);
    before = id;
  }
  return Uint8Array.from(bytes);
}

/** Throws `RECORD_DAMAGED` naming `object` for what is not exactly `count` ascending ids as they are written. */
export function readIdList(bytes: Uint8Array, count: number, object: string): readonly number[] {
  const ids: number[] = [];
  let id = 0;
  for (let at = 0; at < bytes.length; ) {
    const { value, end } = readGroups(bytes, at, object);
    id += value;
    if (value === 0 || !Number.isSafeInteger(id) || ids.length === count) {
      throw recordDamaged(object, `${count} ascending ids`, `${ids.length} and then another`);
    }
    ids.push(id);
    at = end;
  }
  if (ids.length !== count) {
    throw recordDamaged(object, `${count} ascending ids`, `${ids.length}`);
  }
  return ids;
}

function readGroups(
  bytes: Uint8Array,
  start: number,
  object: string,
): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start; at < Math.min(bytes.length, start + MAX_BYTES); at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte % 0x80) * 2 ** (7 * (at - start));
    if (byte < 0x80) {
      // A zero at the end would be the same number in another way.
      if (byte === 0 && at > start) {
        break;
      }
      return { value, end: at + 1 };
    }
  }
  throw recordDamaged(object, 'whole numbers of at most 8 bytes, as short as they can be', `another byte at ${start}`);
}
