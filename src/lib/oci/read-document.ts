import { limitExceeded, readBounded } from '#base/limits.ts';
import { openRegularFile, readRange, resolveSource } from './files/open-file.ts';
import type { SbomReference } from './reference.ts';

/**
 * The bytes of a document that stands for an image. Throws `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, and `LIMIT_EXCEEDED` for
 * more than `limit` of them.
 */
export async function readDocument(reference: SbomReference, limit: number, signal?: AbortSignal): Promise<Uint8Array> {
  const { handle, size } = await openRegularFile(await resolveSource(reference.path), reference.path);
  try {
    if (size > limit) {
      throw limitExceeded(reference.path, limit, 'bytes', size);
    }
    return await readBounded(copied(readRange(handle, 0, size, reference.path, signal)), limit, reference.path);
  } finally {
    await handle.close();
  }
}

/** Chunks are valid until the next one only. */
async function* copied(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    yield Uint8Array.from(chunk);
  }
}
