/**
 * The results of `work` for every item, in the order of the items, with at most `limit` of them under way at once. When one
 * fails, no other is started, the signal that those under way were given aborts, and once they have ended the first
 * failure is thrown.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): Promise<readonly Result[]> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const results = new Map<number, Result>();
  let failure: { readonly error: unknown } | null = null as { readonly error: unknown } | null;
  const rest = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of rest) {
      if (either.aborted) {
        return;
      }
      try {
        results.set(index, await work(item, index, either));
      } catch (error) {
        // What fails because of the first failure is no news.
        failure ??= { error };
        stop.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  signal?.throwIfAborted();
  if (failure !== null) {
    throw failure.error;
  }
  return items.map((_, index) => results.get(index) as Result);
}
