import { ByteReader } from './byte-reader.ts';
import { refusal } from './refusal.ts';

/** RFC 9580, section 5: the packet types that occur here. */
export const TAGS = { signature: 2, primary: 6, trust: 12, userId: 13, subkey: 14, userAttribute: 17 } as const;

export interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
}

const MAX_PACKETS = 10_000;

/** Packets to the end, in the old form or the new one, each with its length at its head. */
export function readPackets(bytes: Uint8Array, object: string): readonly Packet[] {
  const reader = new ByteReader(bytes, object);
  const packets: Packet[] = [];
  while (reader.left > 0) {
    const head = reader.number(1);
    if ((head & 0x80) === 0 || packets.length === MAX_PACKETS) {
      throw refusal(object, `at most ${MAX_PACKETS} packets of OpenPGP`, `byte ${head}`);
    }
    const isNew = (head & 0x40) !== 0;
    const length = isNew ? newLength(reader, object) : oldLength(reader, head & 3, object);
    packets.push({ tag: isNew ? head & 0x3f : (head >> 2) & 0xf, body: reader.take(length) });
  }
  return packets;
}

function newLength(reader: ByteReader, object: string): number {
  const first = reader.number(1);
  if (first >= 224 && first < 255) {
    throw refusal(object, 'a packet in one piece', 'one in parts');
  }
  return first < 192 ? first : first === 255 ? reader.number(4) : (first - 192) * 256 + reader.number(1) + 192;
}

function oldLength(reader: ByteReader, type: number, object: string): number {
  if (type === 3) {
    throw refusal(object, 'a packet with its length', 'one without');
  }
  return reader.number(2 ** type);
}
