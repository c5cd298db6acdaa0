import { crc32 } from 'node:zlib';
import { quote } from '#base/error.ts';
import { inflateRawSized } from '#base/limits.ts';
import { PackagesError } from '../error.ts';
import { LOCAL_SIZE, readDirectory, STORED, type Wanted, type ZipEntry } from './directory.ts';
import { findDirectory, invalid } from './end-record.ts';
import type { UnpackingBudget } from './unpacking-budget.ts';

export interface ZipArchive {
  /** Those that were asked for, in the order of the directory. One name may be there twice: who looks at one looks at all. */
  readonly entries: readonly ZipEntry[];
  /** How many entries the directory has in all. */
  readonly count: number;
  /** What of the directory could not be used; the rest of it stands. */
  readonly unknowns: readonly string[];
  /** The content of an entry, checked against its size and checksum. What is not compressed is part of the archive's bytes. */
  read(entry: ZipEntry): Uint8Array;
}

const LOCAL_HEADER = 0x04_03_4b_50;
const ENCRYPTED = 1;
const DEFLATED = 8;

/** True when a file begins like an archive, also like one without entries. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}

/**
 * Opens an archive in ZIP format (APPNOTE.TXT 6.3; ISO/IEC 21320-1), with what is in front of it passed over, as in programs that carry
 * one. The directory at its end says what is in it. Throws `ZIP_INVALID` where that is damaged and `LIMIT_EXCEEDED` past the limits;
 * reading an entry throws the same for the one entry, and for more than the budget has left.
 */
export function openZip(
  content: Uint8Array,
  object: string,
  wants: Wanted | ((name: string) => boolean),
  budget: UnpackingBudget,
): ZipArchive {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const place = findDirectory(bytes, object);
  const directory = readDirectory(bytes, place, object, typeof wants === 'function' ? { has: wants } : wants);
  budget.list(directory.count, object);
  return { ...directory, read: (entry) => readEntry(bytes, entry, budget, object) };
}

function readEntry(bytes: Buffer, entry: ZipEntry, budget: UnpackingBudget, object: string): Uint8Array {
  const packed = locateContent(bytes, entry, object);
  const content = entry.method === STORED ? packed : inflate(packed, entry, budget, object);
  if (content.length !== entry.size || crc32(content) !== entry.crc) {
    throw invalid(object, `${entry.size} bytes with checksum ${entry.crc} in ${quote(entry.name)}`, 'others');
  }
  return content;
}

/** What the local header says has to be what the directory says: a reader who goes by it sees the same. */
function locateContent(bytes: Buffer, entry: ZipEntry, object: string): Buffer {
  const { at, method, flags, nameAt, nameLength } = entry;
  if ((flags & ENCRYPTED) !== 0 || (method !== STORED && method !== DEFLATED)) {
    throw new PackagesError('ZIP_INVALID', 'archive with an entry that cannot be read', {
      object,
      expected: `${quote(entry.name)} stored or deflated`,
      found: (flags & ENCRYPTED) === 0 ? `method ${method}` : 'it encrypted',
    });
  }
  const isHeader = bytes.readUInt32LE(at) === LOCAL_HEADER;
  const localName = bytes.readUInt16LE(at + 26);
  const start = at + LOCAL_SIZE + localName + bytes.readUInt16LE(at + 28);
  const isSame =
    isHeader &&
    localName === nameLength &&
    bytes.readUInt16LE(at + 8) === method &&
    bytes.compare(bytes, nameAt, nameAt + nameLength, at + LOCAL_SIZE, at + LOCAL_SIZE + localName) === 0;
  if (!isSame || start + entry.packed > entry.before) {
    throw invalid(object, `a header of ${quote(entry.name)} at ${at}, and its content behind it`, 'another');
  }
  return bytes.subarray(start, start + entry.packed);
}

function inflate(packed: Buffer, entry: ZipEntry, budget: UnpackingBudget, object: string): Uint8Array {
  budget.unpack(entry.size, object);
  try {
    return inflateRawSized(packed, entry.size);
  } catch (error) {
    throw new PackagesError('ZIP_INVALID', 'damaged archive', {
      object,
      expected: `${entry.size} bytes compressed by deflate in ${quote(entry.name)}`,
      found: 'something else',
      cause: error,
    });
  }
}
