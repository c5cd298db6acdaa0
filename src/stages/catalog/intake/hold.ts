import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { Records } from '#model/platform/records.ts';
import type { CatalogContext } from '../context.ts';

/** Repositories that are looked into for a blob. */
const MAX_HOLDERS = 64;

/** What a repository is to hold from now on. */
export interface Holding {
  readonly repository: string;
  readonly digest: Digest;
  /** As `ownerOf` says. */
  readonly owner: string;
}

/**
 * Makes a repository hold a blob that the same owner brought to some repository. Nobody else's: the author of an image upstream may name the digest
 * of any layer in it, and whoever may read that image would get what he never had. False when there is none, or its bytes are damaged.
 */
export async function hold({ store, clock }: CatalogContext, holding: Holding): Promise<boolean> {
  if (!(await isBrought(store.records, holding))) {
    return false;
  }
  const now = clock.now();
  try {
    await store.transaction(async (records) => {
      const repository = await records.repositories.ensure(holding.repository, now);
      await records.blobs.mount(repository, holding.digest, holding.owner, now);
    });
    return true;
  } catch (error) {
    // Collected since.
    if (isAppError(error) && error.code === 'BLOB_GONE') {
      return false;
    }
    throw error;
  }
}

async function isBrought(records: Records, { repository, digest, owner }: Holding): Promise<boolean> {
  const known = await records.blobs.find(digest);
  if (known === null || known.damagedAt !== null) {
    return false;
  }
  const own = await records.repositories.find(repository);
  const others = await records.blobs.holders(digest, MAX_HOLDERS);
  for (const { id } of own === null ? others : [own, ...others]) {
    const blob = await records.blobs.linked(id, digest);
    if (blob?.damagedAt === null && blob.uploadedBy.includes(owner)) {
      return true;
    }
  }
  return false;
}
