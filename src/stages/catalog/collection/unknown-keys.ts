import type { BlobKey, StoredItem } from '#model/platform/blob-store.ts';
import type { CatalogContext } from '../context.ts';
import { CollectError, type CollectOptions } from './options.ts';

/** Keys asked about at once. */
const BATCH = 500;
/** Of one run; the next one finds the rest. */
const MOST = 200_000;
/** So few tell nothing: what a crash or two leaves behind in a small store. */
const FEW = 5;
const UPLOADS_PAGE = 200;

/**
 * Keys and parts that no row knows, and that are older than the grace time. What is being written now is younger: whoever writes has so long to
 * write its row. Throws `COLLECTION_REFUSED` when they are too many to be true. Changes nothing.
 */
export async function findUnknown(
  { store, blobs, clock }: CatalogContext,
  options: CollectOptions,
): Promise<readonly StoredItem[]> {
  const before = clock.now() - options.graceMs;
  const unknown: StoredItem[] = [];
  const parts: StoredItem[] = [];
  let keys: StoredItem[] = [];
  let total = 0;
  const sift = async (): Promise<void> => {
    const known = await store.records.upkeep.known(keys.map(({ key }) => key as BlobKey));
    unknown.push(...keys.filter(({ key }) => !known.has(key as BlobKey)));
    keys = [];
    options.progress?.({ step: 'keys', done: total });
  };
  for await (const item of blobs.list(options.signal)) {
    total += 1;
    if (item.modified < before) {
      (item.kind === 'blob' ? keys : parts).push(item);
    }
    if (keys.length === BATCH) {
      await sift();
    }
  }
  await sift();
  // Rows are read after the listing: a part that was listed has its row by now, or never.
  const held = await partsOfUploads(store.records);
  unknown.push(...parts.filter(({ key }) => !held.has(key)));
  assertPlausible(unknown.length, total, options);
  return unknown.slice(0, MOST);
}

/** Removes those that are unknown still. How many, and their bytes. */
export async function removeUnknown(
  { store, blobs }: CatalogContext,
  unknown: readonly StoredItem[],
  { signal, progress }: CollectOptions,
): Promise<{ readonly count: number; readonly bytes: number }> {
  let count = 0;
  let bytes = 0;
  const held = unknown.some(({ kind }) => kind === 'part') ? await partsOfUploads(store.records) : new Set<string>();
  for (let at = 0; at < unknown.length; at += BATCH) {
    signal.throwIfAborted();
    const batch = unknown.slice(at, at + BATCH);
    const known = await store.records.upkeep.known(
      batch.filter(({ kind }) => kind === 'blob').map(({ key }) => key as BlobKey),
    );
    for (const item of batch) {
      if (item.kind === 'blob' ? known.has(item.key as BlobKey) : held.has(item.key)) {
        continue;
      }
      await blobs.remove(item.key);
      count += 1;
      bytes += item.size;
    }
    progress?.({ step: 'unknown', done: count });
  }
  return { count, bytes };
}

async function partsOfUploads({ collection }: CatalogContext['store']['records']): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  let after: string | null = null;
  for (;;) {
    const page = await collection.uploads({ after, limit: UPLOADS_PAGE });
    for (const { state } of page) {
      for (const key of [...state.parts.map((part) => part.key), ...(state.replaced ?? [])]) {
        keys.add(key);
      }
    }
    if (page.length < UPLOADS_PAGE) {
      return keys;
    }
    after = page.at(-1)?.id ?? null;
  }
}

/** Against a metadata store that belongs to other blobs, or one that was put back from long ago. */
function assertPlausible(unknown: number, total: number, { unknownShare, force }: CollectOptions): void {
  if (force !== true && unknown > FEW && unknown > total * unknownShare) {
    throw new CollectError('COLLECTION_REFUSED', 'more of what is stored is unknown than can be true', {
      object: 'the blob store',
      expected: `at most ${Math.round(unknownShare * 100)} % of ${total} keys that no row knows`,
      found: `${unknown}`,
      hint: 'See that the metadata store is the one that belongs to these blobs. If it is, force the collection.',
    });
  }
}
