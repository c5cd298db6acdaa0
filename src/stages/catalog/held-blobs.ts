import type { Digest } from '#base/digest.ts';
import type { PushedManifest } from '#lib/oci/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { LinkedBlob, Repository } from '#model/platform/records.ts';
import type { CatalogContext } from './context.ts';
import { obstacleTo } from './pull-blob.ts';
import { RegistryError } from './registry-error.ts';

/** What is pushed, and where to; null for a repository that is still to be made. */
export interface PushTarget {
  readonly repository: Repository | null;
  readonly name: string;
  readonly parsed: PushedManifest;
}

/** Digests that are named in one error. */
const MAX_NAMED = 16;

/**
 * The blobs of a manifest that the repository has to hold, by digest. Throws `PUSH_BLOBS_ABSENT` for those that it does not, or not for `subject`, and
 * `PUSH_SIZE_DIFFERS`.
 */
export async function assertHeld(
  { store, clock }: Pick<CatalogContext, 'store' | 'clock'>,
  subject: Subject,
  { repository, name, parsed }: PushTarget,
): Promise<ReadonlyMap<Digest, LinkedBlob>> {
  const { records } = store;
  const held = new Map<Digest, LinkedBlob>();
  const absent: Digest[] = [];
  const needed = new Set(parsed.references.filter(({ isHeld }) => isHeld).map(({ digest }) => digest));
  for (const digest of needed) {
    const blob = repository && (await records.blobs.linked(repository.id, digest));
    if (
      repository === null ||
      blob === null ||
      blob.damagedAt !== null ||
      (await obstacleTo(records, subject, { repository, blob }, clock.now())) !== null
    ) {
      absent.push(digest);
    } else {
      assertSize(blob, parsed.sizes.get(digest) ?? blob.size, name);
      held.set(digest, blob);
    }
  }
  if (absent.length > 0) {
    const more = absent.length > MAX_NAMED ? ` and ${absent.length - MAX_NAMED} more` : '';
    throw new RegistryError('PUSH_BLOBS_ABSENT', 'blobs of the manifest are not in the repository', {
      object: name,
      expected: `${absent.slice(0, MAX_NAMED).join(', ')}${more}`,
      hint: 'Upload the blobs first.',
    });
  }
  return held;
}

function assertSize({ digest, size }: LinkedBlob, said: number, name: string): void {
  if (size !== said) {
    throw new RegistryError('PUSH_SIZE_DIFFERS', 'the manifest says another size of a blob', {
      object: `${name}@${digest}`,
      expected: `${size} bytes`,
      found: `${said}`,
    });
  }
}
