const MiB = 1024 * 1024;
/** Chunks of at least this size are handed on as they are: copying them would cost more than it saves. */
const LARGE = MiB / 4;

/**
 * The same bytes in chunks of about 1 MiB. A decompressor makes one trip to the thread pool per chunk, so the 16 KiB
 * pieces that networks deliver would cost more in trips than in work.
 */
export async function* gather(source: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  let buffer: Uint8Array | null = null;
  let filled = 0;
  for await (const chunk of source) {
    signal?.throwIfAborted();
    if (buffer !== null && (chunk.length >= LARGE || filled + chunk.length > MiB)) {
      yield buffer.subarray(0, filled);
      buffer = null;
      filled = 0;
    }
    if (chunk.length >= LARGE) {
      yield chunk;
      continue;
    }
    buffer ??= new Uint8Array(MiB);
    buffer.set(chunk, filled);
    filled += chunk.length;
  }
  if (buffer !== null && filled > 0) {
    yield buffer.subarray(0, filled);
  }
}

/** A source of which the first bytes are known, as if nothing had been read from it yet. To be read or closed. */
export interface Peeked {
  readonly head: Uint8Array;
  readonly whole: AsyncIterable<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** Reads the first `length` bytes of a source. */
export async function peek(source: AsyncIterable<Uint8Array>, length: number): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let seen = 0;
  while (seen < length) {
    const next = await iterator.next();
    if (next.done === true) {
      break;
    }
    seen += next.value.length;
    // A chunk is valid until the next one is asked for, which happens here only after very short ones.
    first.push(seen < length ? new Uint8Array(next.value) : next.value);
  }
  return {
    head: Buffer.concat(first).subarray(0, length),
    whole: replay(first, iterator),
    close: async () => {
      await iterator.return?.();
    },
  };
}

async function* replay(first: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}
