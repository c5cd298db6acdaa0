import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** Eight bytes behind the last page, which SQLite does not look at: what they are, and the CRC-32 of all before them. */
const MAGIC = Buffer.from('PLMS');
export const SEAL_BYTES = 8;
const CHUNK_BYTES = 1024 * 1024;

/** Appends the seal to a finished file. */
export function sealFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    writeSync(file, sealOf(file, size), 0, SEAL_BYTES, size);
  } finally {
    closeSync(file);
  }
}

/** Whether a file is as it was sealed. A damaged index would find nothing, and nothing found looks like nothing known. */
export function isSealed(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const end = fstatSync(file).size - SEAL_BYTES;
    const seal = Buffer.alloc(SEAL_BYTES);
    return end > 0 && readSync(file, seal, 0, SEAL_BYTES, end) === SEAL_BYTES && seal.equals(sealOf(file, end));
  } finally {
    closeSync(file);
  }
}

function sealOf(file: number, end: number): Buffer {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let sum = 0;
  for (let at = 0; at < end; ) {
    const read = readSync(file, chunk, 0, Math.min(CHUNK_BYTES, end - at), at);
    if (read === 0) {
      break;
    }
    sum = crc32(chunk.subarray(0, read), sum);
    at += read;
  }
  const seal = Buffer.alloc(SEAL_BYTES);
  MAGIC.copy(seal);
  seal.writeUInt32LE(sum, MAGIC.length);
  return seal;
}
