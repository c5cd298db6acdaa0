/**
 * Hands each chunk to `take`, one after the other. An abort ends it at once, even while the source has nothing to give; the
 * source is told to stop in every case, and not waited for: it may never answer.
 */
export async function takeAll(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
  take: (chunk: Uint8Array) => Promise<void> | void,
): Promise<void> {
  signal?.throwIfAborted();
  const iterator = bytes[Symbol.asyncIterator]();
  let abort = (): void => undefined;
  const onAbort = (): void => abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      // Not Promise.race with one promise for all chunks: that would keep every chunk until the end.
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        abort = () => reject(reasonOf(signal));
        if (signal?.aborted === true) {
          abort();
          return;
        }
        iterator.next().then(resolve, reject);
      });
      if (next.done === true) {
        return;
      }
      const taken = take(next.value);
      if (taken !== undefined) {
        await taken;
      }
    }
  } catch (error) {
    iterator.return?.().then(undefined, () => undefined);
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
