import type { Digest } from '#base/digest.ts';
import { ownerOf } from '#lib/access/index.ts';
import { type Subject, WORKER } from '#model/platform/access.ts';
import type { LocalRepository } from '#model/platform/local-repository.ts';
import type { Repository, StandingManifest } from '#model/platform/records.ts';
import type { CatalogContext } from './context.ts';
import { pushManifest } from './push-manifest.ts';
import { uploadBlob } from './uploads.ts';

export interface LocalRepositoryOptions {
  /** Whether what our own work attached is listed: what we say of an image is no evidence by which we judge it. */
  readonly listsOwn: boolean;
}

/** What is attached by our own work is small. */
const MAX_BLOB_BYTES = 256 * 1024 ** 2;

/** A repository as our own work reads it and attaches to it, whatever its state is. */
export function localRepository(
  context: CatalogContext,
  repository: Repository,
  { listsOwn }: LocalRepositoryOptions,
): LocalRepository {
  const { records } = context.store;
  return {
    manifest: async (pointer) => await records.manifests.resolve(repository.name, pointer, null),
    referrers: async (subject, page) => {
      const filter = { ...page, artifactType: null, environment: null };
      return await listed(listsOwn, filter.limit, async (after, limit) =>
        records.manifests.referrers(repository.id, subject, { ...filter, after: after ?? page.after, limit }),
      );
    },
    blob: async (digest, start, signal) => {
      const blob = await records.blobs.linked(repository.id, digest);
      if (blob === null || blob.damagedAt !== null) {
        return null;
      }
      return await context.blobs.read(blob.key, {
        signal,
        ...(start === 0 ? {} : { range: { start, end: blob.size - 1 } }),
      });
    },
    putBlob: async (digest, bytes, signal) => {
      if ((await records.blobs.linked(repository.id, digest)) === null) {
        const chunk = { bytes: once(bytes), start: null, length: bytes.length };
        const blob = { digest, algorithm: 'sha256', chunk } as const;
        await uploadBlob({ ...context, maxBlobBytes: MAX_BLOB_BYTES }, WORKER, repository.name, blob, signal);
      }
    },
    putManifest: async ({ digest, mediaType, content, tags }) => {
      const push = { repository: repository.name, content, contentType: mediaType, digest, tags };
      await pushManifest(context, WORKER, push);
    },
  };
}

/** A full page of those that are to be listed, or all there are: whoever asks takes a short one for the last. */
async function listed(
  listsOwn: boolean,
  limit: number,
  read: (after: Digest | null, limit: number) => Promise<readonly StandingManifest[]>,
): Promise<readonly StandingManifest[]> {
  const found: StandingManifest[] = [];
  for (let after: Digest | null = null; ; ) {
    const page = await read(after, limit);
    found.push(...page.filter((one) => listsOwn || !isOwn(one)));
    after = page.at(-1)?.digest ?? null;
    if (page.length < limit || found.length >= limit) {
      return found.slice(0, limit);
    }
  }
}

/** Whether our own work pushed it: nobody else can do that. */
export function isOwn({ pushedBy }: Pick<StandingManifest, 'pushedBy'>, who: Subject = WORKER): boolean {
  return pushedBy === ownerOf(who);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
