import { quote } from '#base/error.ts';
import { CelError } from '../../../error.ts';
import { opaqueOf } from '../../../type.ts';
import type { CelOpaque, CelValue } from '../../../value.ts';

export const IP = opaqueOf('net.IP');

/** Longer than any address is. */
const MAX_CHARS = 64;
const GROUPS = 8;

export class IpAddress implements CelOpaque {
  readonly kind = 'opaque';
  readonly type = IP;
  readonly family: 4 | 6;
  /** Of 32 or 128 bits. */
  readonly bits: bigint;

  constructor(family: 4 | 6, bits: bigint) {
    this.family = family;
    this.bits = bits;
  }

  get length(): number {
    return this.family === 4 ? 32 : 128;
  }

  /** Whether its first bits are those of a network written with its leading bits alone: `startsWithBits(0xfe80n >> 6n, 10)`. */
  startsWithBits(prefix: bigint, length: number): boolean {
    return this.bits >> BigInt(this.length - length) === prefix;
  }

  equals(other: CelValue): boolean {
    return other instanceof IpAddress && other.family === this.family && other.bits === this.bits;
  }

  /** The one canonical text (RFC 5952). */
  show(): string {
    return this.family === 4 ? showVersion4(this.bits) : showVersion6(this.bits);
  }
}

/** Null for text that is none, for one with a zone, and for IPv4 in IPv6 notation (`::ffff:1.2.3.4`): none may stand for another. */
export function parseIpOrNull(text: string): IpAddress | null {
  if (text.length > MAX_CHARS) {
    return null;
  }
  if (!text.includes(':')) {
    const bits = parseVersion4(text);
    return bits === null ? null : new IpAddress(4, bits);
  }
  const bits = parseVersion6(text);
  return bits === null || bits >> 32n === 0xffffn ? null : new IpAddress(6, bits);
}

export function parseIp(text: string): IpAddress {
  const address = parseIpOrNull(text);
  if (address === null) {
    throw new CelError(`not an IP address: ${quote(text, 80)}`);
  }
  return address;
}

function parseVersion4(text: string): bigint | null {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^(?:0|[1-9][0-9]{0,2})$/.test(octet) && Number(octet) < 256)) {
    return null;
  }
  return octets.reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
}

function parseVersion6(text: string): bigint | null {
  const halves = text.split('::');
  const [head = '', tail] = halves;
  const before = parseGroups(head, tail === undefined);
  const after = tail === undefined ? [] : parseGroups(tail, true);
  if (halves.length > 2 || before === null || after === null) {
    return null;
  }
  const missing = GROUPS - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) {
    return null;
  }
  const groups = [...before, ...Array.from({ length: missing }, () => 0n), ...after];
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** Groups of 16 bits; the last two may stand as an IPv4 address at the end. */
function parseGroups(text: string, atEnd: boolean): readonly bigint[] | null {
  if (text === '') {
    return [];
  }
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const embedded = atEnd && index === parts.length - 1 && part.includes('.') ? parseVersion4(part) : null;
    if (embedded !== null) {
      groups.push(embedded >> 16n, embedded & 0xffffn);
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) {
      groups.push(BigInt(`0x${part}`));
    } else {
      return null;
    }
  }
  return groups;
}

function showVersion4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
}

/** The longest run of zeros, of two groups at least and the first of them, becomes `::`. */
function showVersion6(bits: bigint): string {
  const groups = Array.from({ length: GROUPS }, (_, index) => (bits >> BigInt(16 * (GROUPS - 1 - index))) & 0xffffn);
  let start = -1;
  let length = 1;
  for (let at = 0; at < GROUPS; at += 1) {
    const run = groups.slice(at).findIndex((group) => group !== 0n);
    const zeros = run === -1 ? GROUPS - at : run;
    if (zeros > length) {
      start = at;
      length = zeros;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  return start === -1 ? hex.join(':') : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
