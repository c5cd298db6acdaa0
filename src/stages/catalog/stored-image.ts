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
  const named = [...new Set(references.map(({ digest: blob }) => blob))];
  const linked = await records.blobs.linkedAmong(repository.id, named);
  for (const blob of named.flatMap((one) => linked.get(one) ?? [])) {
    if (blob.damagedAt === null) {
      readable.push({ digest: blob.digest, size: blob.size });
    } else {
      damaged.push(blob.digest);
    }
  }
  const open: StoredImage['open'] = async (wanted, signal) => {
    const known = [...linked.values()].find((blob) => blob.digest === wanted && blob.damagedAt === null);
    if (known === undefined) {
      return null;
    }
    const found = await blobs.read(known.key, { signal });
    if (found !== null) {
      return found.bytes;
    }
    // Its bytes may be under another key by now.
    const now = await records.blobs.linked(repository.id, known.digest);
    return now === null ? null : ((await blobs.read(now.key, { signal }))?.bytes ?? null);
  };
  const reference = `${repository.name}@${digest}`;
  return { image: { reference, digest, mediaType, manifest: content, blobs: readable, open }, damaged };
}
