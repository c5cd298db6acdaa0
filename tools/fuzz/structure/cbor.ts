import type { Random } from '../random.ts';
import type { MutateBytes } from './der.ts';

/** An item of CBOR (RFC 8949 section 3). `argument` counts only where there are neither bytes nor items. */
interface Item {
  major: number;
  argument: bigint;
  bytes: Uint8Array | null;
  /** Members of an array, keys and values of a map in turn, or what is tagged. */
  items: Item[] | null;
  /** Written with an argument that is longer than it need be. */
  longer?: boolean;
}

const MAJOR = { unsigned: 0, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;
const ARGUMENTS = [0n, 1n, 23n, 24n, 255n, 256n, 65535n, 65536n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 64n - 1n];
const MAX_DEPTH = 32;

/** Changes one item of CBOR and makes all lengths and counts right again; null for bytes that are not CBOR. */
export function mutateCbor(input: Uint8Array, random: Random, bytes: MutateBytes): Uint8Array | null {
  const reader = { input, at: 0 };
  const item = read(reader, 0);
  if (item === null || reader.at !== input.length) {
    return null;
  }
  const root = [item];
  change(root, random, bytes);
  return Buffer.concat(root.map(encode));
}

function change(root: Item[], random: Random, bytes: MutateBytes): void {
  const places: { readonly list: Item[]; readonly at: number }[] = [];
  collect(root, places);
  const { list, at } = random.pick(places);
  const item = list[at];
  const other = random.pick(places);
  const otherItem = other.list[other.at];
  if (item === undefined || otherItem === undefined) {
    return;
  }
  switch (random.below(10)) {
    case 0:
      list.splice(at, 1);
      break;
    case 1:
      list.splice(at, 0, ...Array.from({ length: random.oneIn(8) ? 300 : 1 }, () => item));
      break;
    case 2:
      list[at] = copyOf(otherItem);
      break;
    case 3:
      list.splice(at, 0, copyOf(otherItem));
      break;
    case 4:
      item.major = random.below(8);
      break;
    case 5:
      list[at] = tagged(item, random.oneIn(8) ? 20 : 1, BigInt(random.below(32)));
      break;
    case 6:
      item.longer = true;
      break;
    case 7: {
      // In a map a key and its value, so that a key is there twice.
      const even = at - (at % 2);
      list.splice(even, 0, ...list.slice(even, even + 2));
      break;
    }
    default:
      if (item.bytes === null) {
        item.argument = random.oneIn(2) ? random.pick(ARGUMENTS) : BigInt(random.below(40));
      } else {
        item.bytes = bytes(item.bytes);
      }
  }
}

function tagged(item: Item, levels: number, tag: bigint): Item {
  let outer = item;
  for (let level = 0; level < levels; level += 1) {
    outer = { major: MAJOR.tag, argument: tag, bytes: null, items: [outer] };
  }
  return outer;
}

function copyOf(item: Item): Item {
  return { ...item, items: item.items?.map(copyOf) ?? null };
}

function collect(items: Item[], places: { readonly list: Item[]; readonly at: number }[]): void {
  for (const [at, item] of items.entries()) {
    places.push({ list: items, at });
    if (item.items !== null) {
      collect(item.items, places);
    }
  }
}

interface Reader {
  readonly input: Uint8Array;
  at: number;
}

function read(reader: Reader, depth: number): Item | null {
  const initial = reader.input[reader.at];
  if (initial === undefined || depth > MAX_DEPTH || (initial & 0x1f) > 27) {
    return null;
  }
  reader.at += 1;
  const [major, info] = [initial >> 5, initial & 0x1f];
  let argument = BigInt(info);
  if (info >= 24) {
    const octets = reader.input.subarray(reader.at, reader.at + 2 ** (info - 24));
    reader.at += octets.length;
    argument = BigInt(`0x0${Buffer.from(octets).toString('hex')}`);
  }
  if (major === MAJOR.bytes || major === MAJOR.text) {
    const from = reader.at;
    reader.at += Number(argument);
    const bytes = reader.at <= reader.input.length ? reader.input.subarray(from, reader.at) : null;
    return bytes === null ? null : { major, argument, bytes, items: null };
  }
  if (major < MAJOR.array || major === MAJOR.simple) {
    return { major, argument, bytes: null, items: null };
  }
  const items: Item[] = [];
  const count = major === MAJOR.tag ? 1n : major === MAJOR.map ? argument * 2n : argument;
  for (let index = 0; index < count; index += 1) {
    const item = read(reader, depth + 1);
    if (item === null) {
      return null;
    }
    items.push(item);
  }
  return { major, argument, bytes: null, items };
}

function encode({ major, argument, bytes, items, longer = false }: Item): Uint8Array {
  const inner = bytes ?? Buffer.concat((items ?? []).map(encode));
  if (major === MAJOR.bytes || major === MAJOR.text) {
    return Buffer.concat([head(major, BigInt(inner.length), longer), inner]);
  }
  const counted = items !== null && (major === MAJOR.array || major === MAJOR.map);
  const count = counted ? BigInt(items.length) / (major === MAJOR.map ? 2n : 1n) : argument;
  return Buffer.concat([head(major, count, longer), inner]);
}

function head(major: number, argument: bigint, longer: boolean): Uint8Array {
  const type = major << 5;
  if (argument < 24n && !longer) {
    return Uint8Array.of(type | Number(argument));
  }
  const size = Math.min(3, sizeOf(argument) + (longer ? 1 : 0));
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(argument, 1);
  return Buffer.concat([Uint8Array.of(type | (24 + size)), bytes.subarray(9 - 2 ** size)]);
}

/** The power of two that the octets of an argument are; -1 where it fits into the initial octet. */
function sizeOf(argument: bigint): number {
  if (argument < 24n) {
    return -1;
  }
  return argument < 0x100n ? 0 : argument < 0x1_0000n ? 1 : argument < 0x1_0000_0000n ? 2 : 3;
}
