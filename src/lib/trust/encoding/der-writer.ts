import { TAG } from './der.ts';

/** One DER value: identifier, the shortest length (X.690 section 10.1), contents. */
export function encodeDer(tag: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(tag), encodedLength(length), ...parts]);
}

export function encodeSequence(parts: readonly Uint8Array[]): Buffer {
  return encodeDer(TAG.sequence, parts);
}

/** An INTEGER that is not negative, from its octets, the highest first; in its shortest form (X.690 section 8.3). */
export function encodeUnsigned(octets: Uint8Array): Buffer {
  const first = octets.findIndex((octet) => octet !== 0);
  const digits = first === -1 ? Buffer.of(0) : octets.subarray(first);
  return (digits[0] ?? 0) < 0x80 ? encodeDer(TAG.integer, [digits]) : encodeDer(TAG.integer, [Buffer.of(0), digits]);
}

/** An OBJECT IDENTIFIER of dotted form, which is one of our own constants (X.690 section 8.19). */
export function encodeOid(dotted: string): Buffer {
  const [root = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  return encodeDer(TAG.oid, [Buffer.from([root * 40 + second, ...arcs].flatMap(base128))]);
}

/** Seven bits to an octet, the highest first; all but the last have the top bit. */
function base128(arc: number): readonly number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    octets.unshift(0x80 | (rest % 128));
  }
  return octets;
}

function encodedLength(length: number): Buffer {
  if (length < 0x80) {
    return Buffer.of(length);
  }
  const hex = length.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(0x80 | octets.length), octets]);
}
