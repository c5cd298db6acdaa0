import type { Random } from '../random.ts';
import type { MutateBytes } from './der.ts';

/** JSON whose members keep their order, may occur twice and may be called `__proto__`. */
type Node =
  | { readonly kind: 'object'; readonly members: Member[] }
  | { readonly kind: 'array'; readonly members: Member[] }
  | { readonly kind: 'text'; readonly text: string }
  /** Numbers, true, false, null, and what is not JSON at all. */
  | { readonly kind: 'raw'; readonly source: string };

interface Member {
  /** Empty in an array. */
  readonly name: string;
  value: Node;
}

const RAW = ['null', 'true', 'false', '0', '-1', '1.5', '1e400', '9007199254740993', '-0', '[]', '{}', '""', '01'];
const NAMES = ['__proto__', 'constructor', 'toString', 'length', ''];
const TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '9223372036854775808',
  '\u0000',
  '\ud800',
  '\u202e',
  'é',
  'a'.repeat(5000),
  '=',
  '/',
  '..',
];
const BASE64 = /^[A-Za-z0-9+/_-]{8,}={0,2}$/;

/** Changes one value or member of JSON; null for bytes that are not JSON. `inside` mutates what is in base64, PEM and nested texts. */
export function mutateJson(input: Uint8Array, random: Random, inside: MutateBytes): Uint8Array | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(input).toString('utf8'));
  } catch {
    return null;
  }
  const root: Member = { name: '', value: nodeOf(value) };
  const places: { readonly list: Member[]; readonly member: Member }[] = [];
  collect([root], places);
  change(random.pick(places), random.pick(places).member, random, inside);
  return Buffer.from(sourceOf(root.value));
}

function change(
  { list, member }: { readonly list: Member[]; readonly member: Member },
  other: Member,
  random: Random,
  inside: MutateBytes,
): void {
  const at = list.indexOf(member);
  const many = random.oneIn(8) ? 300 : 1;
  switch (random.below(12)) {
    case 0:
      list.splice(at, 1);
      break;
    case 1:
      list.splice(at, 0, ...Array.from({ length: many }, () => member));
      break;
    case 2:
      member.value = copyOf(other.value);
      break;
    case 3:
      list.splice(at, 0, { name: random.oneIn(2) ? other.name : random.pick(NAMES), value: copyOf(other.value) });
      break;
    case 4:
      member.value = { kind: 'raw', source: random.pick(RAW) };
      break;
    case 5:
      member.value = { kind: 'text', text: random.pick(TEXTS) };
      break;
    case 6:
      list[at] = { name: random.oneIn(2) ? member.name.toUpperCase() : other.name, value: member.value };
      break;
    case 7:
      member.value = { kind: 'array', members: [{ name: '', value: copyOf(member.value) }] };
      break;
    default:
      member.value = mutatedLeaf(member.value, random, inside);
  }
}

function mutatedLeaf(node: Node, random: Random, inside: MutateBytes): Node {
  if (node.kind !== 'text') {
    return node.kind === 'raw' ? { kind: 'raw', source: textOf(inside(Buffer.from(node.source))) } : node;
  }
  const { text } = node;
  if (BASE64.test(text) && !random.oneIn(4)) {
    const alphabet = /[_-]/.test(text) || (text.length % 4 !== 0 && !text.endsWith('=')) ? 'base64url' : 'base64';
    return { kind: 'text', text: Buffer.from(inside(Buffer.from(text, alphabet))).toString(alphabet) };
  }
  return { kind: 'text', text: textOf(inside(Buffer.from(text))) };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function nodeOf(value: unknown): Node {
  if (typeof value === 'string') {
    return { kind: 'text', text: value };
  }
  if (Array.isArray(value)) {
    return { kind: 'array', members: value.map((item) => ({ name: '', value: nodeOf(item) })) };
  }
  if (typeof value === 'object' && value !== null) {
    return { kind: 'object', members: Object.entries(value).map(([name, item]) => ({ name, value: nodeOf(item) })) };
  }
  return { kind: 'raw', source: JSON.stringify(value) };
}

function copyOf(node: Node): Node {
  return node.kind === 'object' || node.kind === 'array'
    ? { ...node, members: node.members.map(({ name, value }) => ({ name, value: copyOf(value) })) }
    : node;
}

function collect(members: Member[], places: { readonly list: Member[]; readonly member: Member }[]): void {
  for (const member of members) {
    places.push({ list: members, member });
    if (member.value.kind === 'object' || member.value.kind === 'array') {
      collect(member.value.members, places);
    }
  }
}

function sourceOf(node: Node): string {
  switch (node.kind) {
    case 'raw':
      return node.source;
    case 'text':
      return JSON.stringify(node.text);
    case 'array':
      return `[${node.members.map(({ value }) => sourceOf(value)).join(',')}]`;
    case 'object':
      return `{${node.members.map(({ name, value }) => `${JSON.stringify(name)}:${sourceOf(value)}`).join(',')}}`;
  }
}
