import type { Random } from './random.ts';

/** Numbers at the edges of types, as bytes of either order. */
const EDGES: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0x8000n,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1f_ffff_ffff_ffffn,
  0x20_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_ffffn,
];
const MAX_STACKED = 6;
const MAX_BLOCK = 64;

export interface Mutation {
  readonly random: Random;
  /** Inputs to take pieces from. */
  readonly others: readonly Uint8Array[];
  readonly dictionary: readonly Uint8Array[];
  /** Longer results are cut off. */
  readonly maxLength: number;
}

type Mutator = (bytes: Uint8Array, mutation: Mutation) => Uint8Array;

/** One to six changes, one on top of the other. */
export function mutateBytes(input: Uint8Array, mutation: Mutation): Uint8Array {
  const { random } = mutation;
  let bytes = new Uint8Array(input);
  // Most of the time one or two: with many changes nothing is left of the structure.
  const count = random.oneIn(3) ? 1 + random.below(MAX_STACKED) : 1;
  for (let index = 0; index < count; index += 1) {
    bytes = new Uint8Array(random.pick(MUTATORS)(bytes, mutation));
  }
  return bytes.subarray(0, mutation.maxLength);
}

const MUTATORS: readonly Mutator[] = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  addToByte,
  edge,
  insertBlock,
  deleteBlock,
  deleteBlock,
  duplicateBlock,
  moveBlock,
  truncate,
  crossOver,
  splice,
  word,
  word,
];

function flipBit(bytes: Uint8Array, { random }: Mutation): Uint8Array {
  const at = random.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  return bytes;
}

function setByte(bytes: Uint8Array, { random }: Mutation): Uint8Array {
  bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

function addToByte(bytes: Uint8Array, { random }: Mutation): Uint8Array {
  const at = random.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) + random.below(17) - 8;
  return bytes;
}

/** An edge of 1, 2, 4 or 8 octets over what is there. */
function edge(bytes: Uint8Array, { random }: Mutation): Uint8Array {
  const octets = 2 ** random.below(4);
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt.asUintN(octets * 8, random.pick(EDGES)));
  const written = number.subarray(8 - octets);
  if (random.oneIn(2)) {
    written.reverse();
  }
  bytes.set(written.subarray(0, bytes.length), random.below(Math.max(bytes.length - octets, 0)));
  return bytes;
}

function insertBlock(bytes: Uint8Array, { random }: Mutation): Uint8Array {
  const fill = random.oneIn(2) ? random.below(256) : null;
  const block = Uint8Array.from({ length: 1 + random.below(MAX_BLOCK) }, () => fill ?? random.below(256));
  return inserted(bytes, random.below(bytes.length + 1), block);
}

function deleteBlock(bytes: Uint8Array, { random }: Mutation): Uint8Array {
  const [from, to] = span(bytes, random);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

/** Up to a few hundred times: what is quadratic or recursive shows. */
function duplicateBlock(bytes: Uint8Array, { random, maxLength }: Mutation): Uint8Array {
  const [from, to] = span(bytes, random);
  const block = bytes.subarray(from, to);
  const most = Math.min(random.oneIn(8) ? 512 : 2, Math.floor(maxLength / Math.max(block.length, 1)));
  const copies = Array.from({ length: 1 + random.below(most) }, () => block);
  return inserted(bytes, to, Buffer.concat(copies));
}

function moveBlock(bytes: Uint8Array, { random }: Mutation): Uint8Array {
  const [from, to] = span(bytes, random);
  const rest = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  return inserted(rest, random.below(rest.length + 1), bytes.subarray(from, to));
}

function truncate(bytes: Uint8Array, { random }: Mutation): Uint8Array {
  return bytes.subarray(0, random.below(bytes.length));
}

/** The beginning of this one and the end of another. */
function crossOver(bytes: Uint8Array, { random, others }: Mutation): Uint8Array {
  const other = random.pick(others);
  return Buffer.concat([bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length))]);
}

/** A piece of another one in the place of a piece. */
function splice(bytes: Uint8Array, { random, others }: Mutation): Uint8Array {
  const other = random.pick(others);
  const [from, to] = span(bytes, random);
  const [start, end] = span(other, random);
  return Buffer.concat([bytes.subarray(0, from), other.subarray(start, end), bytes.subarray(to)]);
}

function word(bytes: Uint8Array, mutation: Mutation): Uint8Array {
  const { random, dictionary } = mutation;
  if (dictionary.length === 0) {
    return edge(bytes, mutation);
  }
  const text = random.pick(dictionary);
  const at = random.below(bytes.length + 1);
  const over = random.oneIn(2) ? text.length : 0;
  return Buffer.concat([bytes.subarray(0, at), text, bytes.subarray(at + over)]);
}

function inserted(bytes: Uint8Array, at: number, block: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), block, bytes.subarray(at)]);
}

function span(bytes: Uint8Array, random: Random): readonly [from: number, to: number] {
  const from = random.below(bytes.length);
  const longest = random.oneIn(4) ? bytes.length : MAX_BLOCK;
  return [from, Math.min(bytes.length, from + 1 + random.below(longest))];
}
