import { isDigest } from '#base/digest.ts';
import { decide } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { ManifestPointer, Records, Repository, StandingManifest } from '#model/platform/records.ts';
import { notFound } from './error.ts';

/** A manifest that somebody may read about. */
export interface FoundImage {
  readonly repository: Repository;
  readonly manifest: StandingManifest;
}

/** By digest or tag. Throws `API_NOT_FOUND`, the same for what is not there and what is not theirs. */
export async function findImage(
  records: Records,
  subject: Subject,
  { repository: name, reference }: { readonly repository: string; readonly reference: string },
): Promise<FoundImage> {
  if (decide(subject, 'read', { repository: name }).kind === 'no') {
    throw notFound(name);
  }
  const pointer: ManifestPointer = isDigest(reference) ? { digest: reference } : { tag: reference };
  const manifest = await records.manifests.resolve(name, pointer, null);
  if (manifest === null) {
    throw notFound(name);
  }
  return { repository: manifest.repository, manifest };
}
