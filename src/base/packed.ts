import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { unzstdBounded } from './limits.ts';

const compress = promisify(zstdCompress);

const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 2, [constants.ZSTD_c_checksumFlag]: 1 } };

/** Compresses what `encode` gives, for keeping; null for what is longer as JSON than a text can be, escapes included. */
export async function pack(encode: () => Buffer): Promise<Uint8Array | null> {
  let bytes: Buffer;
  try {
    bytes = encode();
  } catch (error) {
    if (error instanceof RangeError) {
      return null;
    }
    throw error;
  }
  return await compress(bytes, OPTIONS);
}

/** What `pack` made, as `decode` sees it; null for what is damaged, of another form, or unpacks to more than `limit` bytes. */
export function unpack<Value>(
  packed: Uint8Array,
  limit: number,
  decode: (bytes: Buffer) => Value | null,
): Value | null {
  try {
    return decode(unzstdBounded(packed, limit));
  } catch {
    return null;
  }
}
