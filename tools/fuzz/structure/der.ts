import type { Random } from '../random.ts';

export type MutateBytes = (bytes: Uint8Array) => Uint8Array;

/** A DER value: its contents are values, or octets. */
interface Node {
  tag: number;
  /** The unused bits that a BIT STRING says first, where its contents are values. */
  readonly prefix: Uint8Array;
  content: Node[] | Uint8Array;
  /** Written with a length that is one octet longer than it need be, which is BER and not DER. */
  longer?: boolean;
}

const MAX_DEPTH = 24;
const NONE = new Uint8Array();
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
/** Those that occur in certificates and messages, and one that nobody uses. */
const TAGS = [1, 2, 3, 4, 5, 6, 10, 12, 19, 22, 23, 24, 30, 48, 49, 0x80, 0x81, 0x82, 0x86, 0xa0, 0xa1, 0xa3, 0x1f];

/** Changes one value of DER and makes all lengths right again; null for bytes that are not DER. */
export function mutateDer(input: Uint8Array, random: Random, bytes: MutateBytes): Uint8Array | null {
  const nodes = parse(input, 0);
  if (nodes === null || nodes.length === 0) {
    return null;
  }
  change(nodes, random, bytes);
  return encodeAll(nodes);
}

function change(nodes: Node[], random: Random, bytes: MutateBytes): void {
  const places: { readonly list: Node[]; readonly at: number }[] = [];
  collect(nodes, places);
  const { list, at } = random.pick(places);
  const other = random.pick(places);
  const node = list[at];
  const otherNode = other.list[other.at];
  if (node === undefined || otherNode === undefined) {
    return;
  }
  switch (random.below(9)) {
    case 0:
      list.splice(at, 1);
      break;
    case 1:
      list.splice(at, 0, ...Array.from({ length: random.oneIn(8) ? 300 : 1 }, () => node));
      break;
    case 2:
      list[at] = copyOf(otherNode);
      break;
    case 3:
      list.splice(at, 0, copyOf(otherNode));
      break;
    case 4:
      node.tag = random.pick(TAGS);
      break;
    case 5:
      list[at] = wrapped(node, random.oneIn(8) ? 40 : 1);
      break;
    case 6:
      node.longer = true;
      break;
    default:
      node.content = bytes(Array.isArray(node.content) ? encodeAll(node.content) : node.content);
  }
}

function wrapped(node: Node, levels: number): Node {
  let outer = node;
  for (let level = 0; level < levels; level += 1) {
    outer = { tag: 0x30, prefix: NONE, content: [outer] };
  }
  return outer;
}

/** So that no value comes to hold itself. */
function copyOf(node: Node): Node {
  return { ...node, content: Array.isArray(node.content) ? node.content.map(copyOf) : node.content };
}

function collect(nodes: Node[], places: { readonly list: Node[]; readonly at: number }[]): void {
  for (const [at, node] of nodes.entries()) {
    places.push({ list: nodes, at });
    if (Array.isArray(node.content)) {
      collect(node.content, places);
    }
  }
}

function parse(input: Uint8Array, depth: number): Node[] | null {
  const nodes: Node[] = [];
  for (let at = 0; at < input.length; ) {
    const header = headerAt(input, at);
    if (header === null || depth > MAX_DEPTH) {
      return null;
    }
    const content = input.subarray(header.from, header.to);
    const tag = input[at] ?? 0;
    nodes.push(nodeOf(tag, content, depth));
    at = header.to;
  }
  return nodes;
}

/** Strings may hold values, as those of extensions do. */
function nodeOf(tag: number, content: Uint8Array, depth: number): Node {
  const start = tag === BIT_STRING ? 1 : 0;
  const holds = (tag & 0x20) !== 0 || tag === OCTET_STRING || (tag === BIT_STRING && content[0] === 0);
  const inner = holds ? parse(content.subarray(start), depth + 1) : null;
  return inner === null || inner.length === 0
    ? { tag, prefix: NONE, content }
    : { tag, prefix: content.subarray(0, start), content: inner };
}

function headerAt(input: Uint8Array, at: number): { readonly from: number; readonly to: number } | null {
  const first = input[at + 1];
  if (first === undefined || first === 0x80 || first > 0x84) {
    return null;
  }
  const octets = first < 0x80 ? 0 : first - 0x80;
  let length = octets === 0 ? first : 0;
  for (let index = 0; index < octets; index += 1) {
    length = length * 256 + (input[at + 2 + index] ?? 0);
  }
  const from = at + 2 + octets;
  return from + length <= input.length ? { from, to: from + length } : null;
}

function encodeAll(nodes: readonly Node[]): Uint8Array {
  return Buffer.concat(nodes.map(encode));
}

function encode({ tag, prefix, content, longer = false }: Node): Uint8Array {
  const inner = Array.isArray(content) ? Buffer.concat([prefix, encodeAll(content)]) : content;
  return Buffer.concat([Uint8Array.of(tag), encodedLength(inner.length, longer), inner]);
}

function encodedLength(length: number, longer: boolean): Uint8Array {
  if (length < 0x80 && !longer) {
    return Uint8Array.of(length);
  }
  const octets = (length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 3) + (longer ? 1 : 0);
  const bytes = Buffer.alloc(1 + octets, 0x80 | octets);
  bytes.writeUIntBE(length, 1, octets);
  return bytes;
}
