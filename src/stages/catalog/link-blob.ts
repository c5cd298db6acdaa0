import type { StoredBlob } from '#model/platform/blob-store.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import type { CatalogContext } from './context.ts';

/**
 * Makes a repository hold a blob that was committed. When the same bytes are known under another key, those stay and these are removed. A name
 * instead of a repository makes it when it is the first thing in it. `besides` belongs to the same transaction.
 */
export async function linkBlob(
  { store, blobs, clock }: CatalogContext,
  repository: Repository | string,
  blob: StoredBlob,
  by: string,
  besides: (records: Records) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const now = clock.now();
  const key = await store.transaction(async (records) => {
    const held = typeof repository === 'string' ? await records.repositories.ensure(repository, now) : repository;
    await besides(records);
    return await records.blobs.link(held, blob, by, now);
  });
  if (key !== blob.key) {
    await blobs.remove(blob.key);
  }
}
