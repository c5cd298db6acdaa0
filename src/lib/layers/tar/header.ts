import { decodeName } from './name.ts';
import { parseNumber } from './numbers.ts';

export const BLOCK = 512;

/** The type flag of a header, as the byte it is written with. */
export const FLAG = {
  /** A file, or a folder when its name ends in a slash (v7). */
  old: 0,
  file: 0x30,
  hardlink: 0x31,
  symlink: 0x32,
  char: 0x33,
  block: 0x34,
  folder: 0x35,
  fifo: 0x36,
  contiguous: 0x37,
  paxGlobal: 0x67,
  pax: 0x78,
  solarisPax: 0x58,
  gnuLongName: 0x4c,
  gnuLongLink: 0x4b,
  gnuSparse: 0x53,
  gnuDumpFolder: 0x44,
  gnuVolumeLabel: 0x56,
} as const;

/** The fields of one header block that matter here, before any extension is applied. */
export interface TarHeader {
  readonly flag: number;
  readonly name: string;
  readonly link: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes that follow in the archive, unless the type has none. */
  readonly size: number;
  readonly gnu: boolean;
}

/** The end of an archive is two of these. */
export function isZeroBlock(block: Buffer, at: number): boolean {
  for (let index = at; index < at + BLOCK; index += 1) {
    if (block[index] !== 0) {
      return false;
    }
  }
  return true;
}

/** Null when the checksum is right, else what is wrong. */
export function checksumProblem(block: Buffer, at: number): string | null {
  const stored = parseNumber(block, at + 148, 8);
  let sum = 0;
  for (let index = at; index < at + BLOCK; index += 1) {
    sum += block[index] ?? 0;
  }
  // The field itself counts as blanks.
  for (let index = at + 148; index < at + 156; index += 1) {
    sum += 0x20 - (block[index] ?? 0);
  }
  return stored === sum || stored === sum - 256 * countHigh(block, at)
    ? null
    : `checksum ${stored ?? 'unreadable'}, computed ${sum}`;
}

/** Old tars summed signed bytes, so each byte from 0x80 on counts 256 less there. */
function countHigh(block: Buffer, at: number): number {
  let high = 0;
  for (let index = at; index < at + BLOCK; index += 1) {
    high += index >= at + 148 && index < at + 156 ? 0 : (block[index] ?? 0) >> 7;
  }
  return high;
}

/** The header at `at`, or the name of the field that cannot be read. */
export function parseHeader(block: Buffer, at: number): TarHeader | string {
  const size = parseNumber(block, at + 124, 12);
  if (size === null || size < 0) {
    return 'size';
  }
  const mode = parseNumber(block, at + 100, 8);
  const uid = parseNumber(block, at + 108, 8);
  const gid = parseNumber(block, at + 116, 8);
  if (mode === null || uid === null || gid === null) {
    return mode === null ? 'mode' : uid === null ? 'uid' : 'gid';
  }
  const posix = block[at + 257] === 0x75 && block.toString('latin1', at + 257, at + 263) === 'ustar\0';
  const gnu = !posix && block[at + 257] === 0x75 && block.toString('latin1', at + 257, at + 265) === 'ustar  \0';
  const prefix = prefixOf(block, at, posix, gnu);
  const name = text(block, at, 100);
  return {
    flag: block[at + 156] ?? 0,
    name: prefix === '' ? name : `${prefix}/${name}`,
    link: block[at + 157] === 0 ? '' : text(block, at + 157, 100),
    mode: mode & 0o7777,
    uid: uid >>> 0,
    gid: gid >>> 0,
    size,
    gnu,
  };
}

/**
 * The folder part that POSIX headers keep apart. star shortens it to make room for times. GNU headers have times in that
 * place, but where those are no numbers Go reads a prefix there, and so do the container runtimes.
 */
function prefixOf(block: Buffer, at: number, posix: boolean, gnu: boolean): string {
  if (block[at + 345] === 0) {
    return '';
  }
  if (posix) {
    return text(block, at + 345, block.toString('latin1', at + 508, at + 512) === 'tar\0' ? 131 : 155);
  }
  const times = gnu && (parseNumber(block, at + 345, 12) === null || parseNumber(block, at + 357, 12) === null);
  return times ? text(block, at + 345, 155) : '';
}

/** Text up to the first NUL. The plain case, ASCII, goes the fast way. */
function text(block: Buffer, start: number, length: number): string {
  let end = start;
  let plain = true;
  for (; end < start + length; end += 1) {
    const byte = block[end] ?? 0;
    if (byte === 0) {
      break;
    }
    if (byte > 0x7f || byte === 0x5c) {
      plain = false;
    }
  }
  return plain ? block.toString('latin1', start, end) : decodeName(block.subarray(start, end));
}
