import type { Digest } from '#base/digest.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import type { KeptImage } from '#model/platform/retention.ts';
import { keptTag } from '../details/immutable-tags.ts';

const MAX_BELOW = 1000;

/** Why an image stays whatever rules say, a sentence part; null for one that may go. */
export async function whyKept(
  records: Records,
  repository: Repository,
  { digest, tags }: Pick<KeptImage, 'digest' | 'tags'>,
): Promise<string | null> {
  const { id } = repository;
  if ((await records.manifests.find(id, digest, null)) === null) {
    return 'it is not there any more';
  }
  const now = await tagsNow(records, repository, digest, tags);
  if (now !== null) {
    return now;
  }
  const kept = await keptTag(records, repository, tags);
  if (kept !== null) {
    return `the tag ${kept} is never deleted`;
  }
  for (const each of await atAndBelow(records, id, digest)) {
    const [use] = await records.catalog.uses(id, each);
    if (use !== undefined) {
      return `it runs at ${use.place}${use.environment === null ? '' : ` in ${use.environment}`}`;
    }
    if ((await records.acquisitions.underWay(id, each)).length > 0) {
      return 'it is being taken from its source';
    }
  }
  return null;
}

/** Rules saw these tags: who has moved one of them since means something. */
async function tagsNow(
  records: Records,
  { name }: Repository,
  digest: Digest,
  tags: readonly string[],
): Promise<string | null> {
  for (const tag of tags) {
    const found = await records.manifests.resolve(name, { tag }, null);
    if (found?.digest !== digest) {
      return `the tag ${tag} has changed meanwhile`;
    }
  }
  return null;
}

async function atAndBelow(records: Records, repositoryId: string, top: Digest): Promise<readonly Digest[]> {
  const reached = new Set([top]);
  for (const digest of reached) {
    for (const child of await records.manifests.children(repositoryId, digest)) {
      if (child.kind === 'child' && reached.size < MAX_BELOW) {
        reached.add(child.digest);
      }
    }
  }
  return [...reached];
}
