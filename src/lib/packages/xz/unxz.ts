import { crc32 } from 'node:zlib';
import { LzmaDecoder } from './lzma.ts';

const MAGIC = Buffer.from('\xfd7zXZ\0', 'latin1');
const HEADER_BYTES = 12;
const LZMA2 = 0x21;
/** By the number of the check: none, CRC32, CRC64 and SHA-256. Of these CRC32, the one of kernel modules, is held against the data. */
const CHECK_BYTES: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [1, 4],
  [4, 8],
  [10, 32],
]);
const CRC32 = 1;

/**
 * What the first stream of a file in xz format ("The .xz File Format") gives, up to `limit` bytes: blocks of LZMA2 without other filters.
 * The index behind them has to be one of as many. Throws a RangeError for a damaged stream, and for a larger one.
 */
export function unxz(bytes: Uint8Array, limit: number): Uint8Array {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const check = input[7] ?? 0;
  const checkBytes = CHECK_BYTES.get(check);
  const isStream = input.length > HEADER_BYTES && input.subarray(0, MAGIC.length).equals(MAGIC) && input[6] === 0;
  if (!isStream || checkBytes === undefined || crc32(input.subarray(6, 8)) !== input.readUInt32LE(8)) {
    throw new RangeError('no header of xz');
  }
  const output = new Output(limit);
  // One for all blocks: it has a table of its own, and blocks may be empty.
  const decoder = new LzmaDecoder(input);
  let at = HEADER_BYTES;
  let blocks = 0;
  while (byteAt(input, at) !== 0) {
    const from = output.length;
    at = readChunks(input, skipBlockHeader(input, at), output, decoder);
    at += (4 - (at % 4)) % 4;
    if (at + checkBytes > input.length) {
      throw new RangeError('a stream that is cut off');
    }
    if (check === CRC32 && crc32(output.bytes.subarray(from, output.length)) !== input.readUInt32LE(at)) {
      throw new RangeError('data that is not what its checksum is of');
    }
    at += checkBytes;
    blocks += 1;
  }
  assertIndex(input, at, blocks);
  return output.bytes.subarray(0, output.length);
}

/** Section 3.1; sizes that are there are told by the chunks as well. Returns where the data begins. */
function skipBlockHeader(input: Buffer, start: number): number {
  const end = start + (byteAt(input, start) + 1) * 4;
  const crcAt = end - 4;
  if (end > input.length || crc32(input.subarray(start, crcAt)) !== input.readUInt32LE(crcAt)) {
    throw new RangeError('a header of a block that is damaged');
  }
  const flags = byteAt(input, start + 1);
  let at = start + 2;
  for (const flag of [0x40, 0x80]) {
    if ((flags & flag) !== 0) {
      while (at < crcAt && byteAt(input, at) >= 0x80) {
        at += 1;
      }
      at += 1;
    }
  }
  if ((flags & 0x3f) !== 0 || at + 2 >= crcAt || byteAt(input, at) !== LZMA2 || byteAt(input, at + 1) !== 1) {
    throw new RangeError('a filter other than LZMA2');
  }
  return end;
}

/** Section 4. Without it, a damaged size of a block would pass for the end of the stream. */
function assertIndex(input: Buffer, start: number, blocks: number): void {
  const [records, first] = numberAt(input, start + 1);
  if (records !== blocks) {
    throw new RangeError('an index of other blocks');
  }
  let at = first;
  for (let size = 0; size < 2 * blocks; size += 1) {
    at = numberAt(input, at)[1];
  }
  at += (4 - (at % 4)) % 4;
  if (at + 4 > input.length || crc32(input.subarray(start, at)) !== input.readUInt32LE(at)) {
    throw new RangeError('an index that is damaged');
  }
}

/** Section 1.2: seven bits in each byte, the lowest first. Returns where it ends as well. */
function numberAt(input: Buffer, start: number): [number, number] {
  let value = 0;
  for (let length = 1; length <= 9; length += 1) {
    const byte = byteAt(input, start + length - 1);
    value += (byte & 0x7f) * 2 ** (7 * (length - 1));
    if (byte < 0x80) {
      return [value, start + length];
    }
  }
  throw new RangeError('a number that is too long');
}

/** Each says whether it is stored or compressed, and what of the state of the one before is kept. Returns where the data ends. */
function readChunks(input: Buffer, start: number, output: Output, decoder: LzmaDecoder): number {
  let at = start;
  /** Where the dictionary begins; before that, nothing but a chunk that sets it. */
  let floor: number | null = null;
  let hasProperties = false;
  for (;;) {
    const control = byteAt(input, at);
    if (control === 0) {
      return at + 1;
    }
    const isCompressed = control >= 0x80;
    const kept = isCompressed ? (control >> 5) & 3 : 0;
    if (kept === 3 || control === 1) {
      floor = output.length;
    }
    if (floor === null || (!isCompressed && control > 2) || (isCompressed && kept < 2 && !hasProperties)) {
      throw new RangeError('a chunk of no known kind');
    }
    const size = ((isCompressed ? control & 0x1f : 0) << 16) + byteAt(input, at + 1) * 256 + byteAt(input, at + 2) + 1;
    const from = output.grow(size);
    if (!isCompressed) {
      const data = at + 3;
      if (data + size > input.length) {
        throw new RangeError('a chunk that is cut off');
      }
      output.bytes.set(input.subarray(data, data + size), from);
      at = data + size;
      continue;
    }
    const packed = byteAt(input, at + 3) * 256 + byteAt(input, at + 4) + 1;
    const data = at + (kept >= 2 ? 6 : 5);
    if (kept >= 2) {
      decoder.setProperties(byteAt(input, at + 5));
      hasProperties = true;
    }
    if (kept >= 1) {
      decoder.reset();
    }
    if (data + packed > input.length) {
      throw new RangeError('a chunk that is cut off');
    }
    decoder.decode(data, data + packed, output.bytes, floor, from, from + size);
    at = data + packed;
  }
}

function byteAt(input: Buffer, at: number): number {
  const byte = input[at];
  if (byte === undefined) {
    throw new RangeError('a stream that is cut off');
  }
  return byte;
}

/** Grows by doubling, since nothing in front says how much comes. */
class Output {
  readonly #limit: number;
  bytes: Uint8Array;
  length = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.bytes = new Uint8Array(Math.min(limit, 1 << 16));
  }

  /** Makes place for so many bytes more, and returns where they begin. */
  grow(size: number): number {
    const start = this.length;
    const length = start + size;
    if (length > this.#limit) {
      throw new RangeError(`more than ${this.#limit} bytes`);
    }
    if (length > this.bytes.length) {
      const larger = new Uint8Array(Math.min(this.#limit, Math.max(length, 2 * this.bytes.length)));
      larger.set(this.bytes.subarray(0, start));
      this.bytes = larger;
    }
    this.length = length;
    return start;
  }
}
