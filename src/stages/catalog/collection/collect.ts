import type { CatalogContext } from '../context.ts';
import { forgetUnheld, unlinkUnneeded } from './blobs.ts';
import { deleteUntagged, purgeTrash } from './manifests.ts';
import type { Collection, CollectOptions } from './options.ts';
import { findUnknown, removeUnknown } from './unknown-keys.ts';
import { expireUploads } from './uploads.ts';

/**
 * Garbage collection, while everything else goes on: many small transactions, each of which leaves a store that is whole. What is referenced stays,
 * by foreign keys and not by luck; bytes go only after the row that knew them, under a key that no upload gets again. It may be stopped and
 * started again at any point. Before anything is removed, what is stored is compared with what is known: throws `COLLECTION_REFUSED`.
 */
export async function collectGarbage(context: CatalogContext, options: CollectOptions): Promise<Collection> {
  const unknown = await findUnknown(context, options);
  if (options.dryRun === true) {
    return await surveyed(context, options, unknown);
  }
  const untagged = await deleteUntagged(context, options);
  const purged = await purgeTrash(context, options);
  const links = await unlinkUnneeded(context, options);
  const forgotten = await forgetUnheld(context, options);
  const expired = await expireUploads(context, {
    ...options,
    progress: (done) => options.progress?.({ step: 'uploads', done }),
  });
  const removed = await removeUnknown(context, unknown, options);
  return {
    dryRun: false,
    untagged,
    manifests: purged.manifests,
    manifestBytes: purged.bytes,
    orphans: purged.orphans,
    links,
    blobs: forgotten.blobs,
    blobBytes: forgotten.bytes,
    uploads: expired.uploads,
    uploadBytes: expired.bytes,
    unknown: removed.count,
    unknownBytes: removed.bytes,
  };
}

/** What a run would do, from what the records say now. */
async function surveyed(
  { store, clock }: CatalogContext,
  { graceMs, uploadMs, untaggedMs }: CollectOptions,
  unknown: Awaited<ReturnType<typeof findUnknown>>,
): Promise<Collection> {
  const now = clock.now();
  const survey = await store.records.collection.survey({
    deletedBefore: now - graceMs,
    unneededBefore: now - graceMs,
    updatedBefore: now - uploadMs,
    untaggedBefore: untaggedMs === null ? null : now - untaggedMs,
  });
  return {
    dryRun: true,
    ...survey,
    unknown: unknown.length,
    unknownBytes: unknown.reduce((sum, { size }) => sum + size, 0),
  };
}
