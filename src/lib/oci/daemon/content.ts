import { LIMITS } from '#base/limits.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { isIndexType, isLayerType } from '../documents/media-types.ts';
import type { StoredFile } from '../files/file-set.ts';
import { blobPath, missingBlob, readStored } from '../images/blobs.ts';
import type { ContentSource } from '../images/content-source.ts';
import { fileOf, type KeptDocuments } from './documents.ts';
import type { Export } from './export.ts';
import type { DaemonImage } from './inspect.ts';

/**
 * An image of Docker's containerd store, whose export is an OCI layout. Kept documents are not exported for, and layers
 * only when they are opened. Which manifests the daemon holds only it can say: where its API does not, the export tells.
 */
export function exportedContent(
  exported: Export,
  image: DaemonImage,
  kept: KeptDocuments,
  signal?: AbortSignal,
): ContentSource {
  const document = async (descriptor: Descriptor, limit: number): Promise<StoredFile | null> => {
    const bytes = image.available === null ? null : await kept.get(descriptor.digest);
    return bytes === null ? await exportedDocument(exported, descriptor, limit, kept, signal) : fileOf(bytes);
  };
  return {
    object: exported.object,
    manifest: async (descriptor) =>
      isHeld(image, descriptor) ? await document(descriptor, LIMITS.manifestBytes) : null,
    blob: async (descriptor) =>
      isLayerType(descriptor.mediaType)
        ? await exportedLayer(exported, descriptor)
        : await document(descriptor, LIMITS.configBytes),
    close: () => exported.close(),
  };
}

/** False for what the daemon says it has not; indexes are not on its list. */
function isHeld({ id, available }: DaemonImage, { digest, mediaType }: Descriptor): boolean {
  return available === null || digest === id || available.has(digest) || isIndexType(mediaType);
}

async function exportedDocument(
  exported: Export,
  { digest }: Descriptor,
  limit: number,
  kept: KeptDocuments,
  signal?: AbortSignal,
): Promise<StoredFile | null> {
  const file = await (await exported.files()).find(blobPath(digest));
  if (file === null) {
    return null;
  }
  const bytes = await readStored(file, limit, `${digest} of ${exported.object}`, signal);
  await kept.keep(digest, bytes);
  return fileOf(bytes);
}

async function exportedLayer(exported: Export, { digest, size }: Descriptor): Promise<StoredFile | null> {
  if (exported.begun) {
    return await (await exported.files()).find(blobPath(digest));
  }
  return {
    size,
    async *open(signal) {
      const file = await (await exported.files()).find(blobPath(digest));
      if (file === null) {
        throw missingBlob(`layer ${digest}`, exported);
      }
      yield* file.open(signal);
    },
  };
}
