import { loadTagPatterns } from '#lib/access/index.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import { RegistryError } from '../registry-error.ts';

/**
 * Throws `TAG_IMMUTABLE` for a tag that is there and that a rule of the repository keeps, whoever asks; who administers the repository may take the rule away. In the
 * transaction that would change the tag.
 */
export async function assertMutable(
  records: Pick<Records, 'catalog'>,
  repository: Repository,
  tags: readonly string[],
): Promise<void> {
  const kept = await keptTag(records, repository, tags);
  if (kept !== null) {
    throw new RegistryError('TAG_IMMUTABLE', 'the tag is never moved or deleted', {
      object: `${repository.name}:${kept}`,
      hint: 'Push under another tag. A rule of the repository says so, which who administers it may change.',
    });
  }
}

/** The first of these tags that a rule of the repository keeps; null for none. */
export async function keptTag(
  records: Pick<Records, 'catalog'>,
  { id }: Repository,
  tags: readonly string[],
): Promise<string | null> {
  const patterns = tags.length === 0 ? [] : ((await records.catalog.details(id))?.immutableTags ?? []);
  if (patterns.length === 0) {
    return null;
  }
  const { isTagOf } = await loadTagPatterns();
  return tags.find((tag) => isTagOf(patterns, tag)) ?? null;
}
