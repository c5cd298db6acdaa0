/** When a piece is long enough: bytes, and milliseconds since its first byte was asked for. */
export interface PieceLimits {
  readonly bytes: number;
  readonly ms: number;
  readonly now: () => number;
}

/**
 * A stream in pieces, one after the other, of which each can be kept before the next is read. What ends the stream, or an abort, ends the piece that
 * is being read and is thrown after it: what came so far is kept as well. Holds one chunk at most.
 */
export async function* pieces(
  bytes: AsyncIterable<Uint8Array>,
  limits: PieceLimits,
  signal: AbortSignal,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const stream = new PieceStream(bytes, limits, signal);
  try {
    while (await stream.hasMore()) {
      yield stream.piece();
    }
  } finally {
    await stream.close();
  }
  stream.assertWhole();
}

class PieceStream {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #limits: PieceLimits;
  readonly #signal: AbortSignal;
  /** What was read and not given out. */
  #rest: Uint8Array | null = null;
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(bytes: AsyncIterable<Uint8Array>, limits: PieceLimits, signal: AbortSignal) {
    this.#iterator = bytes[Symbol.asyncIterator]();
    this.#limits = limits;
    this.#signal = signal;
  }

  async hasMore(): Promise<boolean> {
    await this.#fill();
    return this.#rest !== null;
  }

  async *piece(): AsyncGenerator<Uint8Array> {
    const { bytes, ms, now } = this.#limits;
    const end = now() + ms;
    for (let left = bytes; left > 0; ) {
      await this.#fill();
      const chunk = this.#rest;
      if (chunk === null) {
        return;
      }
      const part = chunk.length > left ? chunk.subarray(0, left) : chunk;
      this.#rest = part.length === chunk.length ? null : chunk.subarray(part.length);
      left -= part.length;
      yield part;
      if (now() >= end) {
        return;
      }
    }
  }

  assertWhole(): void {
    if (this.#failure !== null) {
      throw this.#failure.error;
    }
  }

  /** A stream that was not read to its end is left. */
  async close(): Promise<void> {
    if (!this.#isOver) {
      this.#isOver = true;
      await this.#iterator.return?.();
    }
  }

  async #fill(): Promise<void> {
    try {
      while (this.#rest === null && !this.#isOver) {
        this.#signal.throwIfAborted();
        const next = await this.#iterator.next();
        this.#isOver = next.done === true;
        this.#rest = next.done === true || next.value.length === 0 ? null : next.value;
      }
    } catch (error) {
      this.#isOver = true;
      this.#failure = { error };
      // An iterator that has thrown is over; one that was left because of an abort is told so, and nobody waits for it.
      void Promise.resolve(this.#iterator.return?.()).catch(() => undefined);
    }
  }
}
