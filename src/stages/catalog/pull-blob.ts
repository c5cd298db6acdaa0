import type { Digest } from '#base/digest.ts';
import { may, maySee, ownerOf } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { LinkedBlob, Records } from '#model/platform/records.ts';
import type { CatalogContext } from './context.ts';
import { assertMay } from './permission.ts';
import { RegistryError, withheld } from './registry-error.ts';

/**
 * The blob, if a manifest that `subject` may see reaches it in this repository, or they uploaded it there. Throws `BLOB_ABSENT`, `IMAGE_WITHHELD`,
 * and what `assertMay` throws.
 */
export async function pullBlob(
  { store, clock }: Pick<CatalogContext, 'store' | 'clock'>,
  subject: Subject,
  repository: string,
  digest: Digest,
): Promise<LinkedBlob> {
  assertMay(subject, 'pull', repository);
  const found = await store.records.repositories.find(repository);
  const blob = found && (await store.records.blobs.linked(found.id, digest));
  // Bytes that are not what they were may be uploaded again.
  if (found === null || blob === null || blob.damagedAt !== null) {
    throw absent(repository, digest);
  }
  const obstacle = await obstacleTo(store.records, subject, { repository: found, blob }, clock.now());
  if (obstacle === null) {
    return blob;
  }
  // Whoever may push is told to upload it: clients take any other answer for the end of the push.
  if (obstacle === '' || may(subject, 'push', repository)) {
    throw absent(repository, digest);
  }
  throw withheld(obstacle, { repository, digest });
}

/** A blob in a repository that holds it. */
export interface HeldBlob {
  readonly repository: { readonly id: string; readonly name: string };
  readonly blob: LinkedBlob;
}

/** Null when it may be read; else why not, empty when nothing that is there needs it. */
export async function obstacleTo(
  records: Records,
  subject: Subject,
  { repository, blob }: HeldBlob,
  now: number,
): Promise<string | null> {
  if (blob.uploadedBy.includes(ownerOf(subject))) {
    return null;
  }
  let obstacle = '';
  for await (const standing of records.blobs.standings(repository.id, blob.digest, subject.environment)) {
    const sight = maySee(subject, repository.name, standing, now);
    if (sight.kind === 'yes') {
      return null;
    }
    obstacle ||= sight.message;
  }
  return obstacle;
}

function absent(repository: string, digest: Digest): RegistryError {
  return new RegistryError('BLOB_ABSENT', 'no such blob', { object: `${repository}@${digest}` });
}
