import type { StoredImage } from '#assess/index.ts';
import type { Digest } from '#base/digest.ts';
import type { PushedManifest } from '#lib/oci/index.ts';
import type { ResolvedManifest } from '#model/platform/records.ts';
import type { CatalogContext } from './context.ts';

/** What can be read of an image of ours. */
export interface Stored {
  readonly image: StoredImage;
  readonly damaged: readonly Digest[];
}

/** Its blobs are opened when they are asked for; those that are damaged are as if they were not there. */
export async function storedImage(
  { store, blobs }: Pick<CatalogContext, 'store' | 'blobs'>,
  manifest: ResolvedManifest,
  { references }: Pick<PushedManifest, 'references'>,
): Promise<Stored> {
  const { records } = store;
  const { repository, digest, mediaType, content } = manifest;
  const readable: { readonly digest: Digest; readonly size: number }[] = [];
  const damaged: Digest[] = [];
  for (const reference of new Set(references.map((each) => each.digest))) {
    const blob = await records.blobs.linked(repository.id, reference);
    if (blob !== null && blob.damagedAt === null) {
      readable.push({ digest: blob.digest, size: blob.size });
    } else if (blob !== null) {
      damaged.push(blob.digest);
    }
  }
  const open: StoredImage['open'] = async (wanted, signal) => {
    const named = readable.find((blob) => blob.digest === wanted);
    const blob = named === undefined ? null : await records.blobs.linked(repository.id, named.digest);
    const found = blob === null ? null : await blobs.read(blob.key, { signal });
    return found?.bytes ?? null;
  };
  const reference = `${repository.name}@${digest}`;
  return { image: { reference, digest, mediaType, manifest: content, blobs: readable, open }, damaged };
}
