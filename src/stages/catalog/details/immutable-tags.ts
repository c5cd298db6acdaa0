import { loadTagPatterns } from '#lib/access/index.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import { RegistryError } from '../registry-error.ts';

/**
 * Throws `TAG_IMMUTABLE` for a tag that is there and that a rule of the repository keeps, whoever asks; who administers the repository may take the rule away. In the
 * transaction that would change the tag.
 */
export async function assertMutable(
  records: Pick<Records, 'catalog'>,
  { id, name }: Repository,
  tags: readonly string[],
): Promise<void> {
  const patterns = tags.length === 0 ? [] : ((await records.catalog.details(id))?.immutableTags ?? []);
  if (patterns.length === 0) {
    return;
  }
  const { isTagOf } = await loadTagPatterns();
  const kept = tags.find((tag) => isTagOf(patterns, tag));
  if (kept !== undefined) {
    throw new RegistryError('TAG_IMMUTABLE', 'the tag is never moved or deleted', {
      object: `${name}:${kept}`,
      hint: 'Push under another tag. A rule of the repository says so, which who administers it may change.',
    });
  }
}
