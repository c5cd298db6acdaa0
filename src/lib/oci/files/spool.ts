import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS } from '#base/limits.ts';
import { decompress, detectCompression, MAGIC_BYTES } from '#lib/layers/index.ts';
import { closeOnError, type OpenFile, readRange } from './open-file.ts';

export interface SpoolOptions {
  readonly temporaryFolder: string;
  readonly signal?: AbortSignal;
}

/** Whether the whole file is compressed, by its first bytes. */
export async function isCompressed(file: OpenFile, object: string): Promise<boolean> {
  const head = Buffer.alloc(MAGIC_BYTES);
  const { bytesRead } = await file.handle.read(head, 0, head.length, 0);
  return detectCompression(head.subarray(0, bytesRead), object) !== 'none';
}

/** The unpacked content, as a stream. */
export function unpack(file: OpenFile, object: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const source = readRange(file.handle, 0, file.size, object, signal);
  return decompress(source, { object, limit: LIMITS.archiveBytes, ...(signal === undefined ? {} : { signal }) });
}

/** Unpacks into a nameless temporary file. The packed file is closed. */
export async function spool(file: OpenFile, object: string, options: SpoolOptions): Promise<OpenFile> {
  try {
    return await spoolStream(unpack(file, object, options.signal), options);
  } finally {
    await file.handle.close();
  }
}

/**
 * Writes a stream, which bounds itself, into a temporary file that has no name any more, so that the system frees it when
 * it is closed, even if Plimsoll is killed.
 */
export async function spoolStream(source: AsyncIterable<Uint8Array>, options: SpoolOptions): Promise<OpenFile> {
  const path = join(options.temporaryFolder, `archive-${randomUUID()}`);
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  const spooled = { handle, size: 0 };
  return await closeOnError(spooled, async () => {
    await unlink(path);
    return { handle, size: await writeAll(handle, source) };
  });
}

async function writeAll(handle: FileHandle, source: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of source) {
    for (let written = 0; written < chunk.length; ) {
      const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, size + written);
      written += bytesWritten;
    }
    size += chunk.length;
  }
  return size;
}
