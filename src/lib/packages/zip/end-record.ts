import { PackagesError } from '../error.ts';

/** Where the directory of an archive is, and how many entries it says it has. In bytes from the start of the file. */
export interface DirectoryPlace {
  readonly start: number;
  readonly end: number;
  /** As it is written: without ZIP64 in 16 bits, which writers let overflow. */
  readonly count: number;
  readonly zip64: boolean;
  /** What has to be added to the offsets in the archive: the length of what was put in front of it. */
  readonly shift: number;
}

const END = Buffer.from('PK\x05\x06', 'latin1');
const END_SIZE = 22;
const COMMENT_MAX = 0xff_ff;
const LOCATOR = 0x07_06_4b_50;
const LOCATOR_SIZE = 20;
const END_64 = 0x06_06_4b_50;
const END_64_SIZE = 56;
const FULL_16 = 0xff_ff;
const FULL_32 = 0xff_ff_ff_ff;

/**
 * Finds the directory by the record at the end (APPNOTE.TXT 6.3, sections 4.3.14 to 4.3.16), as Java does: from the end backwards, the
 * first record whose comment reaches the end of the file. Throws `ZIP_INVALID` for what is no archive, is cut off, or goes over
 * several files.
 */
export function findDirectory(bytes: Buffer, object: string): DirectoryPlace {
  const at = findEnd(bytes);
  if (at === -1) {
    throw invalid(object, 'a record at its end', 'none');
  }
  const end64 = findEnd64(bytes, at, object);
  const place = end64 ?? {
    at,
    disks: [bytes.readUInt16LE(at + 4), bytes.readUInt16LE(at + 6)],
    count: bytes.readUInt16LE(at + 10),
    size: bytes.readUInt32LE(at + 12),
    offset: bytes.readUInt32LE(at + 16),
  };
  if (place.disks.some((disk) => disk !== 0)) {
    throw invalid(object, 'an archive of one file', 'a part of several');
  }
  const start = place.at - place.size;
  const shift = start - place.offset;
  if (start < 0 || shift < 0) {
    throw invalid(object, `a directory of ${place.size} bytes from ${place.offset} on`, `its end at ${place.at}`);
  }
  return { start, end: place.at, count: place.count, zip64: end64 !== null, shift };
}

function findEnd(bytes: Buffer): number {
  const first = Math.max(bytes.length - END_SIZE - COMMENT_MAX, 0);
  let at = bytes.length - END_SIZE;
  while (at >= first) {
    at = bytes.lastIndexOf(END, at);
    if (at < first || at + END_SIZE + bytes.readUInt16LE(at + 20) === bytes.length) {
      break;
    }
    at -= 1;
  }
  return at < first ? -1 : at;
}

interface EndRecord {
  /** Where the record is: the directory ends there. */
  readonly at: number;
  readonly disks: readonly number[];
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * The record of ZIP64 in front of the other one; null where there is none. It has to be there where the other one is too small for what
 * it would have to say, and has to say the same where it is not.
 */
function findEnd64(bytes: Buffer, end: number, object: string): EndRecord | null {
  const short = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 12), bytes.readUInt32LE(end + 16)] as const;
  const isFull = short[0] === FULL_16 || short[1] === FULL_32 || short[2] === FULL_32;
  const locator = end - LOCATOR_SIZE;
  if (locator < 0 || bytes.readUInt32LE(locator) !== LOCATOR) {
    return null;
  }
  // With something in front of the archive it is not where it says; then it is the one without extensions before the locator.
  const said = readWord(bytes, locator + 8);
  const at = [said, locator - END_64_SIZE].find(
    (candidate) => candidate >= 0 && candidate + END_64_SIZE <= locator && bytes.readUInt32LE(candidate) === END_64,
  );
  if (at === undefined) {
    if (isFull) {
      throw invalid(object, `a ZIP64 record at ${said}`, 'none');
    }
    return null;
  }
  const wide = [readWord(bytes, at + 32), readWord(bytes, at + 40), readWord(bytes, at + 48)] as const;
  const isSame = (value: number, index: number): boolean =>
    short[index] === (index === 0 ? FULL_16 : FULL_32) || short[index] === value;
  if (!wide.every(isSame)) {
    throw invalid(object, `the ZIP64 record to say ${short.join(', ')}`, wide.join(', '));
  }
  const [count, size, offset] = wide;
  return { at, disks: [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 20)], count, size, offset };
}

/** 64 bits. Past 2^53 it is inexact, and then larger than any file too. */
export function readWord(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

export function invalid(object: string, expected: string, found: string): PackagesError {
  return new PackagesError('ZIP_INVALID', 'damaged archive', { object, expected, found });
}
