import { isEvidenceTag } from '#lib/oci/index.ts';
import type { LocalManifest, LocalRepository } from '#model/platform/local-repository.ts';
import type { ManifestPointer, ResolvedManifest } from '#model/platform/records.ts';
import type { CatalogContext } from '../context.ts';
import { localRepository } from '../local-repository.ts';

/** Of these one manifest has four at most, and one for each referrer where somebody had no referrers API. */
const MOST_TAGS = 32;
const DIGITS = 'sha256-'.length + 64;

/**
 * The repository of an image as its evidence is read from it: what is known of the image is not asked for again, and which of the tags there are that something could
 * hang on it by is asked once, not for each of them. Most images have none.
 */
export function localEvidence(context: CatalogContext, image: ResolvedManifest): LocalRepository {
  const local = localRepository(context, image.repository, { listsOwn: false });
  const listed = new Map<string, Promise<ReadonlySet<string> | null>>();
  const isThere = async (tag: string): Promise<boolean> => {
    const stem = tag.slice(0, DIGITS);
    const tags = listed.get(stem) ?? tagsOf(context, image.repositoryId, stem);
    listed.set(stem, tags);
    return (await tags)?.has(tag) ?? true;
  };
  const manifest = async (pointer: ManifestPointer, signal: AbortSignal): Promise<LocalManifest | null> => {
    if ('digest' in pointer) {
      return pointer.digest === image.digest ? image : await local.manifest(pointer, signal);
    }
    return isEvidenceTag(pointer.tag) && !(await isThere(pointer.tag)) ? null : await local.manifest(pointer, signal);
  };
  return { ...local, manifest };
}

/** Tags that begin with this; null when there are more than are listed at once. */
async function tagsOf(
  { store }: Pick<CatalogContext, 'store'>,
  repositoryId: string,
  stem: string,
): Promise<ReadonlySet<string> | null> {
  const page = await store.records.tags.list(repositoryId, { after: stem.slice(0, -1), limit: MOST_TAGS });
  const names = page.map(({ name }) => name);
  const last = names.at(-1);
  const isWhole = names.length < MOST_TAGS || (last !== undefined && last > stem && !last.startsWith(stem));
  return isWhole ? new Set(names.filter((name) => name.startsWith(stem))) : null;
}
