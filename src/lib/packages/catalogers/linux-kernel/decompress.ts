import { messageOf } from '#base/error.ts';
import { inflateRawBounded, LIMITS, unzstdBounded } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';
import { unxz } from '../../xz/unxz.ts';

/** A kernel, or a module after decompression; the largest modules of graphics cards have 100 MiB. */
export const KERNEL_FILE_BYTES = 256 * 1024 * 1024;
/** Of a module in xz format, which takes longer. */
const XZ_BYTES = 128 * 1024 * 1024;

const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;

/** What is in a module's file, by its ending. Throws `PACKAGE_METADATA_INVALID` for a damaged stream. */
export function decompress(bytes: Uint8Array, object: string): Uint8Array {
  const limit = Math.min(KERNEL_FILE_BYTES, bytes.length * LIMITS.decompressionRatio);
  try {
    if (object.endsWith('.gz')) {
      return inflateRawBounded(bytes.subarray(gzipHeaderLength(bytes)), limit);
    }
    if (object.endsWith('.zst')) {
      return unzstdBounded(bytes, limit);
    }
    if (object.endsWith('.xz')) {
      return unxz(bytes, Math.min(limit, XZ_BYTES));
    }
  } catch (error) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'compressed kernel module cannot be read', {
      object,
      expected: 'a whole compressed stream',
      found: messageOf(error),
    });
  }
  return bytes;
}

/** RFC 1952, section 2.3. */
function gzipHeaderLength(bytes: Uint8Array): number {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) {
    throw new RangeError('no header of gzip');
  }
  const flags = bytes[3] ?? 0;
  let at = 10;
  if ((flags & EXTRA) !== 0) {
    at += 2 + (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
  }
  for (const flag of [NAME, COMMENT]) {
    if ((flags & flag) !== 0) {
      const nul = bytes.indexOf(0, at);
      at = nul === -1 ? bytes.length : nul + 1;
    }
  }
  return (flags & HEADER_CRC) === 0 ? at : at + 2;
}
