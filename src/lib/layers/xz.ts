import { ReadableStream } from 'node:stream/web';
import { isAppError, messageOf } from '#base/error.ts';
import type { ExpansionGuard } from '#base/limits.ts';
import { LayersError } from './error.ts';
import { gather } from './gather.ts';

/**
 * Decompresses xz with a WASM decoder whose memory is bounded: it refuses dictionaries that would not fit. Loaded on
 * first use, since only root file system archives come as xz.
 */
export async function* throughXz(
  source: AsyncIterable<Uint8Array>,
  guard: ExpansionGuard,
  object: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { XzReadableStream } = (await import('xz-decompress')).default;
  let failure: unknown;
  const iterator = gather(source, signal)[Symbol.asyncIterator]();
  const compressed = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await iterator.next();
          if (next.done === true) {
            controller.close();
          } else {
            guard.consumed(next.value.length);
            controller.enqueue(next.value);
          }
        } catch (error) {
          failure = error;
          controller.error(error);
        }
      },
      async cancel() {
        await iterator.return?.(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  try {
    for await (const chunk of new XzReadableStream(compressed)) {
      signal?.throwIfAborted();
      guard.produced(chunk.length);
      yield chunk;
    }
  } catch (error) {
    if (error === failure || isAppError(error) || signal?.aborted === true) {
      throw error;
    }
    throw xzError(object, error);
  } finally {
    await iterator.return?.(undefined);
  }
}

/** The decoder's errors are numbers of xz-embedded: 4 is a dictionary past its limit, 6 an option it does not know. */
function xzError(object: string, cause: unknown): LayersError {
  const found = messageOf(cause);
  if (found.endsWith(' 4') || found.endsWith(' 6')) {
    return new LayersError('COMPRESSION_UNSUPPORTED', 'unsupported xz stream', {
      object,
      expected: 'LZMA2 with a dictionary of at most 64 MiB and no check, CRC32 or CRC64',
      found: 'another filter, check or dictionary size',
      cause,
    });
  }
  return new LayersError('LAYER_CORRUPT', 'cannot decompress', { object, expected: 'a whole xz stream', found, cause });
}
