import type { Digest } from '#base/digest.ts';
import { WORKER } from '#model/platform/access.ts';
import type { Records, Repository, TrashedManifest, UntaggedManifest } from '#model/platform/records.ts';
import { type CatalogContext, repositoryEvent } from '../context.ts';
import { whyKept } from '../retention/why-kept.ts';
import type { CollectOptions } from './options.ts';

const BATCH = 100;

/** Deletes manifests that nothing has referred to for so long, and nobody says that they run. Each is a change of its own, with its event, and can be restored. */
export async function deleteUntagged(
  context: CatalogContext,
  { untaggedMs, signal, progress }: CollectOptions,
): Promise<number> {
  if (untaggedMs === null) {
    return 0;
  }
  const before = context.clock.now() - untaggedMs;
  let done = 0;
  for (;;) {
    const found = done;
    for await (const { repository, digest } of untaggedOf(context.store.records, before)) {
      signal.throwIfAborted();
      const isDone = await context.store.transaction(
        async (records) => await deleteUnreferenced(context, records, repository, digest),
      );
      done += isDone ? 1 : 0;
    }
    progress?.({ step: 'untagged', done });
    if (done === found) {
      return done;
    }
  }
}

/** Page by page, since some of them may stay. */
async function* untaggedOf({ collection }: Records, before: number): AsyncGenerator<UntaggedManifest> {
  let after: string | null = null;
  for (;;) {
    const page = await collection.untagged(before, { after, limit: BATCH });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < BATCH) {
      return;
    }
    after = last.cursor;
  }
}

export interface Purged {
  readonly manifests: number;
  readonly bytes: number;
  readonly orphans: number;
}

/**
 * Removes deleted manifests whose grace time is over. One that an index still has as child stays for as long as the index can be read or restored; an
 * index goes before its children, so that what is deleted together goes together. Referrers are deleted when their subject goes.
 */
export async function purgeTrash(
  context: CatalogContext,
  { graceMs, signal, progress }: CollectOptions,
): Promise<Purged> {
  const before = context.clock.now() - graceMs;
  let purged: Purged = { manifests: 0, bytes: 0, orphans: 0 };
  for (;;) {
    const { manifests } = purged;
    for await (const trashed of trashOf(context.store.records, before)) {
      signal.throwIfAborted();
      const orphans = await purge(context, trashed, before);
      if (orphans !== null) {
        purged = {
          manifests: purged.manifests + 1,
          bytes: purged.bytes + trashed.size,
          orphans: purged.orphans + orphans,
        };
        progress?.({ step: 'trash', done: purged.manifests });
      }
    }
    if (purged.manifests === manifests) {
      return purged;
    }
  }
}

async function* trashOf({ trash }: Records, deletedBefore: number): AsyncGenerator<TrashedManifest> {
  let after: string | null = null;
  for (;;) {
    const page = await trash.list({ deletedBefore, after, limit: BATCH });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < BATCH) {
      return;
    }
    after = last.cursor;
  }
}

/** How many referrers were deleted with it; null when it stays. */
async function purge(
  context: CatalogContext,
  { repository, digest }: TrashedManifest,
  before: number,
): Promise<number | null> {
  return await context.store.transaction(async (records) => {
    if (!(await records.trash.purge(repository.id, digest, before))) {
      return null;
    }
    const event = { type: 'image.collected.v1', actor: WORKER.id, data: { digest } } as const;
    await records.events.append(repositoryEvent(context, repository, digest, event));
    return await deleteReferrers(context, records, repository, digest);
  });
}

async function deleteReferrers(
  context: CatalogContext,
  records: Records,
  repository: Repository,
  subject: Digest,
): Promise<number> {
  let deleted = 0;
  let after: string | null = null;
  for (;;) {
    const filter = { artifactType: null, environment: null, after, limit: BATCH };
    const page = await records.manifests.referrers(repository.id, subject, filter);
    for (const { digest } of page) {
      deleted += (await deleteUnreferenced(context, records, repository, digest)) ? 1 : 0;
    }
    if (page.length < BATCH) {
      return deleted;
    }
    after = page.at(-1)?.digest ?? null;
  }
}

/** False when it is gone, when something refers to it, a tag or an index that is there or may come back, and when somebody runs it or has it taken. */
async function deleteUnreferenced(
  context: CatalogContext,
  records: Records,
  repository: Repository,
  digest: Digest,
): Promise<boolean> {
  if (
    (await records.collection.isReferenced(repository.id, digest)) ||
    (await whyKept(records, repository, { digest, tags: [] })) !== null
  ) {
    return false;
  }
  const now = context.clock.now();
  const tags = await records.trash.delete(repository.id, digest, WORKER.id, now);
  if (tags === null) {
    return false;
  }
  if (tags.length > 0) {
    // Somebody tagged it between the two.
    await records.trash.restore(repository.id, digest, now);
    return false;
  }
  const event = { type: 'image.deleted.v1', actor: WORKER.id, data: { digest, tags: 0 } } as const;
  await records.events.append(repositoryEvent(context, repository, digest, event));
  return true;
}
