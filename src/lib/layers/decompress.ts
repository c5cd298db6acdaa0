import { createGunzip, createZstdDecompress } from 'node:zlib';
import { createExpansionGuard, type ExpansionGuard, LIMITS } from '#base/limits.ts';
import { type Compression, detectCompression, MAGIC_BYTES } from './compression.ts';
import { peek } from './gather.ts';
import { throughEngine } from './inflate.ts';
import { throughXz } from './xz.ts';

export interface DecompressOptions {
  /** What the bytes are, for errors: `layer sha256:…`. */
  readonly object: string;
  /** Bytes that may come out at most; `LIMITS.layerBytes` when not given. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** Large enough that a trip to the thread pool does not show, small enough to stay in the cache of a core. */
const CHUNK = 1024 * 1024;

/** How many chunks may wait between the decompressor and the reader. */
const CHUNKS_AHEAD = 4;

/**
 * The bytes of a stream that is compressed with gzip (several members too), zstd (several frames too), xz, or not at
 * all; the first bytes tell which. gzip and zstd run in the thread pool, in chunks of up to 1 MiB. Throws `LAYER_CORRUPT`
 * for truncated or damaged input and for data after the end, `COMPRESSION_UNSUPPORTED`, and `LIMIT_EXCEEDED` for a bomb.
 * Errors of the source itself pass through as they are.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  yield* (await openTar(source, options)).bytes;
}

/** Like `decompress`, and says which compression it was, once the first bytes have come. */
export async function openTar(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): Promise<{ readonly compression: Compression; readonly bytes: AsyncIterable<Uint8Array> }> {
  const { head, whole, close } = await peek(source, MAGIC_BYTES);
  try {
    const compression = detectCompression(head, options.object);
    return { compression, bytes: decompressAs(compression, whole, options) };
  } catch (error) {
    await close();
    throw error;
  }
}

function decompressAs(
  compression: Compression,
  source: AsyncIterable<Uint8Array>,
  { object, limit, signal }: DecompressOptions,
): AsyncIterable<Uint8Array> {
  const guard = createExpansionGuard(object, limit ?? LIMITS.layerBytes);
  switch (compression) {
    case 'gzip':
      return throughEngine(source, createGunzip(engineOptions()), guard, object, signal);
    case 'zstd':
      // Node's default window limit of 128 MiB stays: it is what bounds the memory of the decoder.
      return throughEngine(source, createZstdDecompress(engineOptions()), guard, object, signal);
    case 'xz':
      return throughXz(source, guard, object, signal);
    case 'none':
      return counted(source, guard, signal);
  }
}

/** Object mode keeps the chunks apart: a byte stream would copy all that wait into one. */
function engineOptions(): { chunkSize: number; readableObjectMode: boolean; readableHighWaterMark: number } {
  return { chunkSize: CHUNK, readableObjectMode: true, readableHighWaterMark: CHUNKS_AHEAD };
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  guard: ExpansionGuard,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    signal?.throwIfAborted();
    guard.consumed(chunk.length);
    guard.produced(chunk.length);
    yield chunk;
  }
}
