import type { CatalogContext } from '../context.ts';

const BATCH = 100;

export interface ExpireOptions {
  /** Milliseconds without anybody going on with it. */
  readonly uploadMs: number;
  readonly signal: AbortSignal;
  readonly progress?: (done: number) => void;
}

/** Removes uploads that nobody goes on with: the row first, so that no upload ever lacks what its row says. */
export async function expireUploads(
  { store, blobs, clock }: CatalogContext,
  { uploadMs, signal, progress }: ExpireOptions,
): Promise<{ readonly uploads: number; readonly bytes: number }> {
  const before = clock.now() - uploadMs;
  let uploads = 0;
  let bytes = 0;
  for (;;) {
    signal.throwIfAborted();
    const expired = await store.records.uploads.expired(before, BATCH);
    const found = uploads;
    for (const { id, version, state } of expired) {
      if (await store.records.uploads.remove(id, version)) {
        await blobs.discard(state);
        uploads += 1;
        bytes += state.size;
      }
    }
    progress?.(uploads);
    // Others that were gone on with meanwhile are not expired any more.
    if (uploads === found) {
      return { uploads, bytes };
    }
  }
}
