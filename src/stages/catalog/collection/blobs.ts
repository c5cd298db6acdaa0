import type { CatalogContext } from '../context.ts';
import type { CollectOptions } from './options.ts';

const BATCH = 200;

/** Repositories let go of blobs that none of their manifests needs, deleted ones included. How many. */
export async function unlinkUnneeded(
  { store, clock }: CatalogContext,
  { graceMs, signal, progress }: CollectOptions,
): Promise<number> {
  const before = clock.now() - graceMs;
  let done = 0;
  for (;;) {
    signal.throwIfAborted();
    const unlinked = await store.records.upkeep.unlinkUnneeded(before, BATCH);
    done += unlinked;
    progress?.({ step: 'links', done });
    if (unlinked === 0) {
      return done;
    }
  }
}

/** Forgets blobs that no repository holds, each before its bytes go: what is known is always there. */
export async function forgetUnheld(
  { store, blobs, clock }: CatalogContext,
  { graceMs, signal, progress }: CollectOptions,
): Promise<{ readonly blobs: number; readonly bytes: number }> {
  const before = clock.now() - graceMs;
  let done = 0;
  let bytes = 0;
  for (;;) {
    const found = done;
    for (const { digest, key, size } of await store.records.upkeep.unheld(before, BATCH)) {
      signal.throwIfAborted();
      if (await store.records.upkeep.forget(digest)) {
        await blobs.remove(key);
        done += 1;
        bytes += size;
      }
    }
    progress?.({ step: 'blobs', done });
    if (done === found) {
      return { blobs: done, bytes };
    }
  }
}
