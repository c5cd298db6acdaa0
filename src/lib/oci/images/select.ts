import type { Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { OciError } from '../error.ts';
import { platformKey } from '../platform.ts';
import type { LayoutSelection } from '../reference.ts';
import { formatRegistryName, parseRegistryName } from '../registry-name.ts';
import { missingBlob } from './blobs.ts';
import type { Choice } from './choose.ts';
import type { ContentSource } from './content-source.ts';
import type { OpenOptions } from './options.ts';
import type { Candidate, Tree } from './tree.ts';

const NAMES_SHOWN = 20;

/** The entries of index.json that the reference can mean: those of its tag, or all. Throws `IMAGE_NOT_FOUND`. */
export function rootsOf(
  entries: readonly Descriptor[],
  selection: LayoutSelection,
  object: string,
): readonly Descriptor[] {
  const { tag } = selection;
  if (tag === null) {
    return entries;
  }
  const roots = entries.filter((entry) => hasName(entry, tag));
  if (roots.length === 0) {
    throw new OciError('IMAGE_NOT_FOUND', 'no image of this name', {
      object,
      expected: quote(tag),
      found: listNames(entries.map(nameOf)),
    });
  }
  return roots;
}

/** The part of the tree at or below the digest that the reference names, with at least one image in it. */
export function narrowToDigest(tree: Tree, digest: Digest | null, source: ContentSource): Tree {
  const candidates = digest === null ? tree.candidates : tree.candidates.filter(({ chain }) => chain.includes(digest));
  if (candidates.length > 0) {
    return { ...tree, candidates };
  }
  const absent = tree.absent.find((entry) => digest === null || entry.digest === digest);
  if (absent !== undefined) {
    throw missingBlob(`manifest ${absent.digest}`, source);
  }
  const other = tree.others.find((entry) => digest === null || entry.digest === digest);
  if (digest === null || other !== undefined) {
    throw new OciError('NOT_AN_IMAGE', 'no container image in the index', {
      object: source.object,
      expected: 'an entry that is an image manifest',
      found:
        other === undefined
          ? 'an index without entries'
          : quote(other.artifactType ?? other.mediaType ?? 'an artifact'),
    });
  }
  throw new OciError('IMAGE_NOT_FOUND', 'no image of this digest', {
    object: source.object,
    expected: digest,
    found: listNames(tree.candidates.map(({ descriptor }) => descriptor.digest)),
  });
}

/**
 * Refuses to guess between images: entries of index.json with different names are different images, and so are two
 * entries with the same platform. Throws `IMAGE_AMBIGUOUS` with the names to choose from.
 */
export function assertOneImage(
  choices: readonly Choice<Candidate>[],
  chosen: readonly Choice<Candidate>[],
  options: Pick<OpenOptions, 'platform'>,
  object: string,
): void {
  const roots = new Map<Digest, Descriptor>(choices.map(({ value }) => [value.root.digest, value.root]));
  const names = [...roots.values()].map(nameOf);
  const best = platformKey(chosen[0]?.platform ?? null);
  const wanted = options.platform === 'all' ? chosen : chosen.filter(({ platform }) => platformKey(platform) === best);
  if (new Set(names).size > 1 || samePlatformTwice(wanted)) {
    throw new OciError('IMAGE_AMBIGUOUS', 'several images', {
      object,
      expected: 'one image, or a name or digest that says which',
      found: listNames([...roots.values()].map((root) => nameOf(root) ?? root.digest)),
      hint: 'Add :TAG or @DIGEST to the path.',
    });
  }
}

/** Names for a message, at most a screenful of them. */
export function listNames(names: readonly (string | null)[]): string {
  const known = [...new Set(names.filter((name) => name !== null))];
  const shown = known
    .slice(0, NAMES_SHOWN)
    .map((name) => quote(name))
    .join(', ');
  const more = known.length > NAMES_SHOWN ? ` and ${known.length - NAMES_SHOWN} more` : '';
  return known.length === 0 ? 'no named image' : `${shown}${more}`;
}

/** Within one index the first entry of a platform counts (image-index.md); two entries of index.json are two images. */
function samePlatformTwice(choices: readonly Choice<Candidate>[]): boolean {
  const roots = new Map<string, Digest>();
  for (const { value, platform } of choices) {
    const root = roots.get(platformKey(platform)) ?? value.root.digest;
    if (root !== value.root.digest) {
      return true;
    }
    roots.set(platformKey(platform), root);
  }
  return false;
}

/** containerd's full name says more than the tag alone, which two images of one archive may share. */
function nameOf(entry: Descriptor): string | null {
  const { annotations } = entry;
  return annotations.get('io.containerd.image.name') ?? annotations.get('org.opencontainers.image.ref.name') ?? null;
}

function hasName(entry: Descriptor, tag: string): boolean {
  const full = parseRegistryName(tag);
  const containerd = entry.annotations.get('io.containerd.image.name');
  return (
    entry.annotations.get('org.opencontainers.image.ref.name') === tag ||
    (containerd !== undefined &&
      (containerd === tag || (typeof full !== 'string' && containerd === formatRegistryName(full))))
  );
}
