import type { Digest } from '#base/digest.ts';
import type { LinkedBlob, ManifestPointer, ResolvedManifest } from '#model/platform/records.ts';
import { pullBlob, RegistryError } from '#stages/catalog/index.ts';
import type { Exchange } from './exchange.ts';

/**
 * A manifest in quarantine that is served all the same, since its source has all served that nobody decided about yet; null for any other. Whoever asks was
 * told before that they may pull the repository.
 */
export async function unjudgedManifest(
  { registry, subject }: Exchange,
  repository: string,
  pointer: ManifestPointer,
): Promise<{ readonly manifest: ResolvedManifest; readonly warning: string } | null> {
  const manifest = await registry.store.records.manifests.resolve(repository, pointer, subject.environment);
  const warning = manifest && (await registry.firstPull?.unjudged(repository, manifest.digest));
  return manifest && warning ? { manifest, warning } : null;
}

/** As `pullBlob`; what belongs to such a manifest is served with it. */
export async function pullBlobOrUnjudged(exchange: Exchange, repository: string, digest: Digest): Promise<LinkedBlob> {
  const { registry, subject } = exchange;
  try {
    return await pullBlob(registry, subject, repository, digest);
  } catch (error) {
    const isWithheld =
      error instanceof RegistryError && (error.code === 'IMAGE_WITHHELD' || error.code === 'BLOB_ABSENT');
    if (isWithheld && ((await registry.firstPull?.unjudged(repository, digest)) ?? null) !== null) {
      const { repositories, blobs } = registry.store.records;
      const found = await repositories.find(repository);
      const blob = found && (await blobs.linked(found.id, digest));
      if (blob?.damagedAt === null) {
        return blob;
      }
    }
    throw error;
  }
}
