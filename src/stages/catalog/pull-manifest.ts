import type { Digest } from '#base/digest.ts';
import { may, maySee } from '#lib/access/index.ts';
import { isIndexType } from '#lib/oci/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { ManifestPointer, ResolvedManifest } from '#model/platform/records.ts';
import type { CatalogContext } from './context.ts';
import { assertMay, assertSeen } from './permission.ts';
import { RegistryError, withheld } from './registry-error.ts';

/** A manifest that may be read. */
export interface PulledManifest {
  readonly manifest: ResolvedManifest;
  /** For `Warning: 299`: printable ASCII without quotes. */
  readonly warnings: readonly string[];
}

/** BuildKit's attestation manifests stand in the index, and are no platform of it. */
const NO_PLATFORM = 'unknown/unknown';
/** Manifests below one index that are looked at: each is a read, and nothing else is answered meanwhile. */
const MAX_BELOW = 4096;

/**
 * The manifest of a tag or digest, if `subject` may read it: for an index all platforms of it that the repository holds have to be readable as well.
 * Throws `MANIFEST_ABSENT`, `IMAGE_WITHHELD` and what `assertMay` throws.
 */
export async function pullManifest(
  { store, clock }: Pick<CatalogContext, 'store' | 'clock'>,
  subject: Subject,
  repository: string,
  pointer: ManifestPointer,
): Promise<PulledManifest> {
  assertMay(subject, 'pull', repository);
  const { manifests } = store.records;
  const manifest = await manifests.resolve(repository, pointer, subject.environment);
  if (manifest === null) {
    throw new RegistryError('MANIFEST_ABSENT', 'no such manifest', { object: describe(repository, pointer) });
  }
  const now = clock.now();
  const { digest, standing, mediaType } = manifest;
  const warnings = assertSeen(subject, { repository, digest, standing }, now);
  if (isIndexType(mediaType)) {
    await assertPlatformsSeen({ store, subject, now }, manifest);
  }
  return { manifest, warnings };
}

interface Sightseeing extends Pick<CatalogContext, 'store'> {
  readonly subject: Subject;
  readonly now: number;
}

async function assertPlatformsSeen({ store, subject, now }: Sightseeing, index: ResolvedManifest): Promise<void> {
  const { manifests } = store.records;
  const { repository } = index;
  const reached = new Set<Digest>([index.digest]);
  let below = 0;
  for (const digest of reached) {
    const children = await manifests.children(repository.id, digest);
    below += children.length;
    if (below > MAX_BELOW) {
      throw withheld('an index with too many others inside', { repository: repository.name, digest: index.digest });
    }
    for (const child of children) {
      if (child.platform === NO_PLATFORM || reached.has(child.digest)) {
        continue;
      }
      // What was never pushed is not there to be read: the index is sparse.
      const manifest = await manifests.find(repository.id, child.digest, subject.environment);
      const sight = manifest && maySee(subject, repository.name, manifest.standing, now);
      if (sight?.kind === 'no') {
        const image = { repository: repository.name, digest: child.digest };
        const mayReplace = may(subject, 'push', repository.name);
        const isUndecided = sight.why === 'quarantine';
        throw withheld(`${child.platform ?? 'a part'} of it: ${sight.message}`, image, { mayReplace, isUndecided });
      }
      if (manifest !== null && isIndexType(manifest.mediaType)) {
        reached.add(child.digest);
      }
    }
  }
}

function describe(repository: string, pointer: ManifestPointer): string {
  return 'tag' in pointer ? `${repository}:${pointer.tag}` : `${repository}@${pointer.digest}`;
}
