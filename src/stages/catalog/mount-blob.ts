import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { may, ownerOf } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import type { CatalogContext } from './context.ts';
import { assertMay, withoutToken } from './permission.ts';
import { obstacleTo } from './pull-blob.ts';

/** What a repository is to hold that another one holds. */
export interface BlobMount {
  readonly repository: string;
  readonly digest: Digest;
  /** Null for any. */
  readonly from: string | null;
}

/** Repositories that are looked into when none is named. */
const MAX_HOLDERS = 64;

/**
 * Makes a repository hold a blob that `subject` may read in another one. False when there is none, for whatever reason: the client uploads
 * it then. Throws what `assertMay` throws.
 */
export async function mountBlob(context: CatalogContext, subject: Subject, mount: BlobMount): Promise<boolean> {
  assertMay(subject, 'push', mount.repository);
  const { store, clock } = context;
  if (!(await isReadable(context, subject, mount))) {
    return false;
  }
  const now = clock.now();
  try {
    await store.transaction(async (records) => {
      const repository = await records.repositories.ensure(mount.repository, now);
      await records.blobs.mount(repository, mount.digest, ownerOf(subject), now);
    });
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === 'BLOB_GONE') {
      return false;
    }
    throw error;
  }
}

/** A token for a repository that the client does not know of cannot exist, so that where none is named the account counts. */
async function isReadable(
  { store, clock }: CatalogContext,
  subject: Subject,
  { digest, from }: BlobMount,
): Promise<boolean> {
  const { records } = store;
  const reader = withoutToken(subject);
  if (from !== null && may(reader, 'pull', from)) {
    // A client knows then for what it needs another token.
    assertMay(subject, 'pull', from);
  }
  for (const source of await sourcesOf(records, digest, from)) {
    const blob = may(reader, 'pull', source.name) ? await records.blobs.linked(source.id, digest) : null;
    if (
      blob?.damagedAt === null &&
      (await obstacleTo(records, reader, { repository: source, blob }, clock.now())) === null
    ) {
      return true;
    }
  }
  return false;
}

async function sourcesOf(records: Records, digest: Digest, from: string | null): Promise<readonly Repository[]> {
  if (from === null) {
    return await records.blobs.holders(digest, MAX_HOLDERS);
  }
  const source = await records.repositories.find(from);
  return source === null ? [] : [source];
}
