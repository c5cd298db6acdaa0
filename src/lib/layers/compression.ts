import { LayersError } from './error.ts';

export type Compression = 'gzip' | 'zstd' | 'xz' | 'none';

/** The longest magic number that `detectCompression` compares. */
export const MAGIC_BYTES = 6;

/**
 * The compression that the first bytes announce; media types are not asked, since archives lie about them. Throws
 * `COMPRESSION_UNSUPPORTED` for bzip2 and lz4, so that nobody takes their bytes for a broken tar.
 */
export function detectCompression(head: Uint8Array, object: string): Compression {
  if (startsWith(head, [0x1f, 0x8b])) {
    return 'gzip';
  }
  // RFC 8878: a frame, or a skippable frame, which zstd:chunked writers may put in front.
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]) || isSkippableFrame(head)) {
    return 'zstd';
  }
  if (startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) {
    return 'xz';
  }
  const other = startsWith(head, [0x42, 0x5a, 0x68])
    ? 'bzip2'
    : startsWith(head, [0x04, 0x22, 0x4d, 0x18])
      ? 'lz4'
      : null;
  if (other !== null) {
    throw new LayersError('COMPRESSION_UNSUPPORTED', 'unsupported compression', {
      object,
      expected: 'gzip, zstd, xz or none',
      found: other,
    });
  }
  return 'none';
}

function isSkippableFrame(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && startsWith(head.subarray(1), [0x2a, 0x4d, 0x18]);
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return head.length >= magic.length && magic.every((byte, index) => head[index] === byte);
}
