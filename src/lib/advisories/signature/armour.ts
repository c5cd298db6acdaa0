import { quote } from '#base/error.ts';
import { refusal } from './refusal.ts';

const MAX_BLOCKS = 64;

/** The content of every block of ASCII armour, RFC 9580 section 6.2. Nothing but blank lines may be around them. */
export function readArmour(
  text: Uint8Array,
  label: 'PGP PUBLIC KEY BLOCK' | 'PGP SIGNATURE',
  object: string,
): readonly Uint8Array[] {
  const lines = Buffer.from(text)
    .toString('latin1')
    .split('\n')
    .map((line) => line.trimEnd());
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < lines.length; ) {
    if (lines[at] === '') {
      at += 1;
      continue;
    }
    if (lines[at] !== `-----BEGIN ${label}-----`) {
      throw refusal(object, `-----BEGIN ${label}-----`, quote(lines[at] ?? '', 60));
    }
    const end = lines.indexOf(`-----END ${label}-----`, at);
    if (end === -1 || blocks.length === MAX_BLOCKS) {
      throw refusal(object, end === -1 ? `-----END ${label}-----` : `at most ${MAX_BLOCKS} blocks`, 'neither');
    }
    blocks.push(readBlock(lines.slice(at + 1, end), object));
    at = end + 1;
  }
  if (blocks.length === 0) {
    throw refusal(object, `-----BEGIN ${label}-----`, 'nothing');
  }
  return blocks;
}

function readBlock(lines: readonly string[], object: string): Uint8Array {
  const blank = lines.indexOf('');
  const wrong = lines.slice(0, blank).find((line) => !line.includes(': '));
  if (blank === -1 || wrong !== undefined) {
    throw refusal(object, 'headers of armour and an empty line', quote(wrong ?? 'no empty line', 60));
  }
  const content = lines.slice(blank + 1);
  const checksum = content.at(-1)?.startsWith('=') === true ? content.pop()?.slice(1) : undefined;
  const bytes = decode(content.join(''), object);
  if (checksum !== undefined) {
    const [a = 0, b = 0, c = 0] = decode(checksum, object);
    if (checksum.length !== 4 || ((a << 16) | (b << 8) | c) !== crc24(bytes)) {
      throw refusal(object, 'the checksum of the armour', 'another');
    }
  }
  return bytes;
}

/** Only as it is written by everybody: other characters, and bits behind the end, are refused. */
function decode(text: string, object: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== text) {
    throw refusal(object, 'lines of base64', quote(text, 40));
  }
  return bytes;
}

/** RFC 9580, section 6.1. */
function crc24(bytes: Uint8Array): number {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1;
      crc ^= (crc & 0x1000000) === 0 ? 0 : 0x1864cfb;
    }
  }
  return crc;
}
