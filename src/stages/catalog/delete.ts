import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import { type CatalogContext, repositoryEvent } from './context.ts';
import { assertMutable } from './details/immutable-tags.ts';
import { assertMay } from './permission.ts';
import { RegistryError } from './registry-error.ts';

/** Deletes a manifest and its tags; it can be restored until it is collected. Throws `MANIFEST_ABSENT`, `TAG_IMMUTABLE`, and what `assertMay` throws. */
export async function deleteManifest(
  context: CatalogContext,
  subject: Subject,
  name: string,
  digest: Digest,
): Promise<void> {
  await inRepository(context, subject, name, async (records, repository) => {
    await deleteIn(context, records, { repository, digest, by: subject.id });
  });
}

/** As `deleteManifest`, by whoever was allowed to, in the caller's transaction. The tags that went. */
export async function deleteIn(
  context: CatalogContext,
  records: Records,
  { repository, digest, by }: { readonly repository: Repository; readonly digest: Digest; readonly by: string },
): Promise<readonly string[]> {
  const tags = await records.trash.delete(repository.id, digest, by, context.clock.now());
  if (tags === null) {
    throw manifestAbsent(`${repository.name}@${digest}`);
  }
  await assertMutable(records, repository, tags);
  const event = (about: string, type: 'image.deleted.v1' | 'tag.deleted.v1', data: Record<string, string | number>) =>
    records.events.append(repositoryEvent(context, repository, about, { type, actor: by, data }));
  for (const tag of tags) {
    await event(tag, 'tag.deleted.v1', { tag, digest });
  }
  await event(digest, 'image.deleted.v1', { digest, tags: tags.length });
  return tags;
}

/** Deletes a tag, and not what it means. Throws as `deleteManifest`. */
export async function deleteTag(context: CatalogContext, subject: Subject, name: string, tag: string): Promise<void> {
  await inRepository(context, subject, name, async (records, repository) => {
    const digest = await records.tags.delete(repository.id, tag, context.clock.now());
    if (digest === null) {
      throw manifestAbsent(`${name}:${tag}`);
    }
    await assertMutable(records, repository, [tag]);
    const data = { tag, digest };
    await records.events.append(
      repositoryEvent(context, repository, tag, { type: 'tag.deleted.v1', actor: subject.id, data }),
    );
  });
}

/** A repository holds a blob no more. Throws `BLOB_ABSENT`, `BLOB_NEEDED` while a manifest needs it, and what `assertMay` throws. */
export async function deleteBlob(
  context: CatalogContext,
  subject: Subject,
  name: string,
  digest: Digest,
): Promise<void> {
  const object = `${name}@${digest}`;
  assertMay(subject, 'delete', name);
  const repository = await context.store.records.repositories.find(name);
  const isGone = repository !== null && (await unlink(context, repository, digest, object));
  if (!isGone) {
    throw new RegistryError('BLOB_ABSENT', 'no such blob', { object });
  }
}

async function unlink(
  { store }: CatalogContext,
  repository: Repository,
  digest: Digest,
  object: string,
): Promise<boolean> {
  try {
    return await store.records.blobs.unlink(repository.id, digest);
  } catch (error) {
    if (isAppError(error) && error.code === 'BLOB_IN_USE') {
      throw new RegistryError('BLOB_NEEDED', 'a manifest needs this blob', {
        object,
        hint: 'Delete the manifest first.',
        cause: error,
      });
    }
    throw error;
  }
}

async function inRepository(
  { store }: CatalogContext,
  subject: Subject,
  name: string,
  work: (records: Records, repository: Repository) => Promise<void>,
): Promise<void> {
  assertMay(subject, 'delete', name);
  await store.transaction(async (records) => {
    const repository = await records.repositories.find(name);
    if (repository === null) {
      throw manifestAbsent(name);
    }
    await work(records, repository);
  });
}

function manifestAbsent(object: string): RegistryError {
  return new RegistryError('MANIFEST_ABSENT', 'no such manifest', { object });
}
