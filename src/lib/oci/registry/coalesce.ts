/** Chunks of at least this many bytes are handed on as they are. */
const ENOUGH = 256 * 1024;

/** The same bytes in chunks of 256 KiB or more, the last one aside: sockets give a few KiB at a time, and every hop of a chunk has its price. */
export async function* coalesce(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    pending.push(chunk);
    length += chunk.length;
    if (length >= ENOUGH) {
      yield joined(pending, length);
      pending = [];
      length = 0;
    }
  }
  if (length > 0) {
    yield joined(pending, length);
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only, second] = chunks;
  return only !== undefined && second === undefined ? only : Buffer.concat(chunks, length);
}
