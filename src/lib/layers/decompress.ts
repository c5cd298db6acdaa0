import { createExpansionGuard, LIMITS } from '#base/limits.ts';
import { type Compression, detectCompression, MAGIC_BYTES } from './compression.ts';
import { peek } from './gather.ts';
import { type Decodable, Decoder } from './inflate/decoder.ts';
import { throughXz } from './xz.ts';

export interface DecompressOptions {
  /** What the bytes are, for errors: `layer sha256:…`. */
  readonly object: string;
  /** Bytes that may come out at most; `LIMITS.layerBytes` when not given. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

const CHUNK = 1024 * 1024;

/**
 * The bytes of a stream that is compressed with gzip (several members too), zstd (several frames too), xz, or not at
 * all; the first bytes tell which. In chunks of up to 1 MiB, decompressed on the thread of the caller. Throws `LAYER_CORRUPT`
 * for truncated or damaged input and for data after the end, `COMPRESSION_UNSUPPORTED`, and `LIMIT_EXCEEDED` for a bomb.
 * Errors of the source itself pass through as they are.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  const { compression, whole } = await openCompressed(source, options.object);
  if (compression === 'xz') {
    yield* decompressXz(whole, options);
  } else {
    yield* decompressHere(compression, whole, options, () => new Uint8Array(CHUNK));
  }
}

/** A compressed source of which nothing has been lost yet; to be read. */
export interface Compressed {
  readonly compression: Compression;
  readonly whole: AsyncIterable<Uint8Array>;
}

/** Finds out which compression it is, once the first bytes have come. */
export async function openCompressed(source: AsyncIterable<Uint8Array>, object: string): Promise<Compressed> {
  const { head, whole, close } = await peek(source, MAGIC_BYTES);
  try {
    return { compression: detectCompression(head, object), whole };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Decompresses on this thread, into memory that `allocate` gives, asked again for every chunk. */
export async function* decompressHere(
  compression: Decodable,
  source: AsyncIterable<Uint8Array>,
  { object, limit, signal }: DecompressOptions,
  allocate: () => Uint8Array,
): AsyncGenerator<Uint8Array> {
  const decoder = new Decoder(compression, createExpansionGuard(object, limit ?? LIMITS.layerBytes), object);
  try {
    let output = allocate();
    let filled = 0;
    for await (const chunk of source) {
      signal?.throwIfAborted();
      decoder.give(chunk);
      for (;;) {
        filled += decoder.read(output.subarray(filled));
        if (filled < output.length) {
          break;
        }
        yield output;
        signal?.throwIfAborted();
        output = allocate();
        filled = 0;
      }
    }
    decoder.end();
    if (filled > 0) {
      yield output.subarray(0, filled);
    }
  } finally {
    decoder.close();
  }
}

export function decompressXz(
  source: AsyncIterable<Uint8Array>,
  { object, limit, signal }: DecompressOptions,
): AsyncIterable<Uint8Array> {
  return throughXz(source, createExpansionGuard(object, limit ?? LIMITS.layerBytes), object, signal);
}
