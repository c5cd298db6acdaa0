/** Tar has its first header in 512 bytes; of what is compressed the first block is longer than this, or binary. */
export const TEXT_HEAD_BYTES = 1024;

const CHECKSUM = { start: 148, end: 156 } as const;
const HEADER_BYTES = 512;

/**
 * Whether the first bytes are of a document, and of nothing that can be unpacked: UTF-8 without control characters (gzip, xz, zstd and most of tar
 * are not), no tar all of whose header can be printed (POSIX.1-1988 needs no NUL), no bzip2 (whose magic can be).
 */
export function isPlainText(head: Uint8Array): boolean {
  if (head.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) {
    return false;
  }
  return isUtf8Prefix(head) && !isTarHeader(head) && !startsWith(head, 'BZh');
}

/** The last character may be cut off. */
function isUtf8Prefix(head: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** By its checksum, as programs that unpack know one: the sum of all bytes, signed or not, its own field taken for spaces. */
function isTarHeader(head: Uint8Array): boolean {
  const { start, end } = CHECKSUM;
  const field = Buffer.from(head.subarray(start, end)).toString('latin1').trim();
  if (head.length < HEADER_BYTES || !/^[0-7]{1,8}$/.test(field)) {
    return false;
  }
  const bytes = [
    ...head.subarray(0, start),
    ...new Uint8Array(end - start).fill(0x20),
    ...head.subarray(end, HEADER_BYTES),
  ];
  const sum = (signed: boolean): number =>
    bytes.reduce((total, byte) => total + (signed && byte > 0x7f ? byte - 0x100 : byte), 0);
  return [sum(false), sum(true)].includes(Number.parseInt(field, 8));
}

function startsWith(head: Uint8Array, magic: string): boolean {
  return Buffer.from(head.subarray(0, magic.length)).toString('latin1') === magic;
}
