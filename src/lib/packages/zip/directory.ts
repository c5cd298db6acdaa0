import { LIMITS, limitExceeded } from '#base/limits.ts';
import { Omissions } from '../omissions.ts';
import { type DirectoryPlace, invalid, readWord } from './end-record.ts';

/** One file in an archive, as the directory has it. */
export interface ZipEntry {
  /** As written, in UTF-8, with stray bytes as U+FFFD; nothing keeps it from going upwards or from being there twice. */
  readonly name: string;
  /** Of the content, in bytes: what it says, and no more than it gives. */
  readonly size: number;
  /** Of the content as it is in the archive. */
  readonly packed: number;
  /** How it is compressed: `STORED`, or in one of many ways. */
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  /** Where its local header is. */
  readonly at: number;
  /** The bytes of its name are at this place of the file. */
  readonly nameAt: number;
  readonly nameLength: number;
  /** What is behind its content begins here: another local header, or the directory. */
  readonly before: number;
}

/** Which entries are asked for. */
export interface Wanted {
  /** Asked first, with the bytes of the directory and where the name ends in them: names of most files need not become texts. */
  mayEndSo?(bytes: Uint8Array, end: number): boolean;
  has(name: string): boolean;
}

export interface Directory {
  readonly entries: readonly ZipEntry[];
  /** How many entries there are, wanted or not. */
  readonly count: number;
  readonly unknowns: readonly string[];
}

const HEADER = 0x02_01_4b_50;
const HEADER_SIZE = 46;
/** The method of entries whose content is in the archive as it is. */
export const STORED = 0;
/** The size of a local header without its name and extra fields. */
export const LOCAL_SIZE = 30;
const FULL_32 = 0xff_ff_ff_ff;
const EXTRA_64 = 1;

/**
 * The entries of those names that are wanted, in their order. Of all entries it is checked that they are inside the file, before the
 * directory, and that no two share bytes: that is what bombs are made of, and what makes two readers see two archives. Throws
 * `ZIP_INVALID` or `LIMIT_EXCEEDED`.
 */
export function readDirectory(bytes: Buffer, place: DirectoryPlace, object: string, wanted: Wanted): Directory {
  const omissions = new Omissions('entry');
  const found: Omit<ZipEntry, 'before'>[] = [];
  const extents = new Extents();
  let at = place.start;
  while (at < place.end) {
    if (extents.length === LIMITS.zipEntries) {
      throw limitExceeded(object, LIMITS.zipEntries, 'entries in an archive');
    }
    const header = readHeader(bytes, at, place, object);
    const least = header.at + LOCAL_SIZE + header.nameLength + header.packed;
    if (header.at < place.shift || least > place.start) {
      throw invalid(object, `an entry between ${place.shift} and ${place.start}`, `one from ${header.at} to ${least}`);
    }
    extents.add(header.at, least);
    if (header.nameLength > LIMITS.pathBytes) {
      omissions.add(`a name of more than ${LIMITS.pathBytes} bytes`, extents.length);
    } else if (wanted.mayEndSo?.(bytes, header.nameAt + header.nameLength) ?? true) {
      const name = bytes.toString('utf8', header.nameAt, header.nameAt + header.nameLength);
      if (wanted.has(name)) {
        found.push({ name, ...header });
      }
    }
    at = header.nameAt + header.tail;
  }
  const { count } = place;
  if (count !== (place.zip64 ? extents.length : extents.length % 0x1_00_00)) {
    omissions.add(`the archive says that it has ${count} entries, and lists ${extents.length}`, extents.length);
  }
  const starts = extents.startsUpTo(place.start, object);
  const entries = found.map(({ name, ...header }) => ({ name, ...header, before: startBehind(starts, header.at) }));
  return { entries, count: extents.length, unknowns: omissions.reasons() };
}

interface Header extends Omit<ZipEntry, 'name' | 'before'> {
  /** Of name, extra fields and comment. */
  readonly tail: number;
}

function readHeader(bytes: Buffer, at: number, place: DirectoryPlace, object: string): Header {
  if (at + HEADER_SIZE > place.end || bytes.readUInt32LE(at) !== HEADER) {
    throw invalid(object, `an entry of the directory at ${at}`, 'none');
  }
  const nameAt = at + HEADER_SIZE;
  const nameLength = bytes.readUInt16LE(at + 28);
  const extraLength = bytes.readUInt16LE(at + 30);
  const tail = nameLength + extraLength + bytes.readUInt16LE(at + 32);
  if (nameAt + tail > place.end) {
    throw invalid(object, `an entry of the directory at ${at}`, `${place.end - at} bytes of it`);
  }
  const size = bytes.readUInt32LE(at + 24);
  const packed = bytes.readUInt32LE(at + 20);
  const offset = bytes.readUInt32LE(at + 42);
  const header = {
    size,
    packed,
    method: bytes.readUInt16LE(at + 10),
    flags: bytes.readUInt16LE(at + 8),
    crc: bytes.readUInt32LE(at + 16),
    at: offset + place.shift,
    nameAt,
    nameLength,
    tail,
  };
  if (size !== FULL_32 && packed !== FULL_32 && offset !== FULL_32) {
    return header;
  }
  const extra = bytes.subarray(nameAt + nameLength, nameAt + nameLength + extraLength);
  const [wideSize, widePacked, wideOffset] = readWide(extra, [size, packed, offset], object);
  return { ...header, size: wideSize, packed: widePacked, at: wideOffset + place.shift };
}

type Sizes = readonly [size: number, packed: number, offset: number];

/** What does not fit into 32 bits is in an extra field, in this order (section 4.5.3). */
function readWide(extra: Buffer, sizes: Sizes, object: string): Sizes {
  const field = findExtra(extra, EXTRA_64);
  let at = 0;
  const wide = (value: number): number => {
    if (value !== FULL_32 || field === null) {
      return value;
    }
    if (at + 8 > field.length) {
      throw invalid(object, 'sizes of 64 bits', `an extra field of ${field.length} bytes`);
    }
    at += 8;
    return readWord(field, at - 8);
  };
  const [size, packed, offset] = sizes;
  return [wide(size), wide(packed), wide(offset)];
}

function findExtra(extra: Buffer, id: number): Buffer | null {
  let at = 0;
  while (at + 4 <= extra.length) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === id && end <= extra.length) {
      return extra.subarray(at + 4, end);
    }
    at = end;
  }
  return null;
}

/** Which bytes of the file belong to which entry. */
class Extents {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** Most writers list entries in the order in which they are in the file. */
  #isSorted = true;

  get length(): number {
    return this.#starts.length;
  }

  add(start: number, end: number): void {
    this.#isSorted &&= start >= (this.#starts.at(-1) ?? 0);
    this.#starts.push(start);
    this.#ends.push(end);
  }

  /** Where the entries begin, in order, and behind the last one the directory. Throws `ZIP_INVALID` where two share bytes. */
  startsUpTo(directory: number, object: string): readonly number[] {
    const order = this.#isSorted ? null : [...this.#starts.keys()].sort((a, b) => this.#start(a) - this.#start(b));
    const starts: number[] = [];
    let free = 0;
    for (let place = 0; place < this.length; place += 1) {
      const index = order?.[place] ?? place;
      const start = this.#start(index);
      if (start < free) {
        throw invalid(object, `an entry behind ${free}`, `one at ${start}, over another`);
      }
      free = this.#ends[index] ?? 0;
      starts.push(start);
    }
    starts.push(directory);
    return starts;
  }

  #start(index: number): number {
    return this.#starts[index] ?? 0;
  }
}

/** The least of the sorted numbers that is greater; there is one. */
function startBehind(starts: readonly number[], start: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) > start) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return starts[low] ?? 0;
}
