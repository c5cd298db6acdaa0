import type { Gunzip, ZstdDecompress } from 'node:zlib';
import { messageOf } from '#base/error.ts';
import type { ExpansionGuard } from '#base/limits.ts';
import { LayersError } from './error.ts';
import { gather } from './gather.ts';

/**
 * Feeds a source to a decompressor of the thread pool and yields what comes out. Written by hand and not with
 * `pipeline`, because the end needs care: Node stops silently at bytes behind the last gzip member or zstd frame, and
 * whatever an attacker hides there would be read by other tools.
 */
export async function* throughEngine(
  source: AsyncIterable<Uint8Array>,
  engine: Gunzip | ZstdDecompress,
  guard: ExpansionGuard,
  object: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const feeder = new Feeder(engine, guard, object);
  const feeding = feeder.run(gather(source, signal));
  try {
    for await (const chunk of engine as AsyncIterable<Uint8Array>) {
      signal?.throwIfAborted();
      guard.produced(chunk.length);
      yield chunk;
    }
    await feeding;
    if (feeder.failure !== null) {
      throw feeder.failure;
    }
  } catch (error) {
    throw engine.errored === error && feeder.failure !== error ? corrupt(object, error) : error;
  } finally {
    feeder.stop();
    engine.destroy();
  }
}

class Feeder {
  readonly #engine: Gunzip | ZstdDecompress;
  readonly #guard: ExpansionGuard;
  readonly #object: string;
  #ended = false;
  #wake: (() => void) | null = null;
  /** What went wrong on the way in, told apart from what the decompressor throws. */
  failure: Error | null = null;

  constructor(engine: Gunzip | ZstdDecompress, guard: ExpansionGuard, object: string) {
    this.#engine = engine;
    this.#guard = guard;
    this.#object = object;
    engine.once('end', () => this.stop());
    engine.once('close', () => this.stop());
  }

  /** The decompressor takes nothing more; a write that waits for it returns. */
  stop(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Never rejects: what goes wrong destroys the engine, so that whoever reads from it learns of it. */
  async run(source: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await this.#feed(source);
      this.#engine.end();
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(messageOf(error));
      this.#engine.destroy(this.failure);
    }
  }

  async #feed(source: AsyncIterable<Uint8Array>): Promise<void> {
    let before = 0;
    for await (const chunk of source) {
      this.#guard.consumed(chunk.length);
      if (!this.#ended) {
        await this.#write(chunk);
      }
      if (this.#engine.destroyed) {
        return;
      }
      const used = Math.max(this.#engine.bytesWritten - before, 0);
      if (used < chunk.length) {
        // The decompressor has seen its end and left this; what still comes is not for it.
        this.#ended = true;
        this.#assertPadding(chunk.subarray(used));
      }
      before += chunk.length;
    }
  }

  async #write(chunk: Uint8Array): Promise<void> {
    const written = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    // After an error the callback may never come; `close` then wakes this write.
    this.#engine.write(chunk, () => this.#wake?.());
    await written;
    this.#wake = null;
  }

  /** Zeros behind the end are padding of tapes and block devices, which gzip itself accepts. */
  #assertPadding(rest: Uint8Array): void {
    if (rest.some((byte) => byte !== 0)) {
      throw new LayersError('LAYER_CORRUPT', 'data after the end of the compressed stream', {
        object: this.#object,
        expected: 'nothing or zeros',
        found: `other bytes after ${this.#engine.bytesWritten} compressed ones`,
      });
    }
  }
}

function corrupt(object: string, cause: unknown): LayersError {
  return new LayersError('LAYER_CORRUPT', 'cannot decompress', {
    object,
    expected: 'a whole gzip or zstd stream',
    found: messageOf(cause),
    cause,
  });
}
