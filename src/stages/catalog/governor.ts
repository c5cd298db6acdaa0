import { type Digest, isDigest } from '#base/digest.ts';
import { readBounded } from '#base/limits.ts';
import type { PushedManifest } from '#lib/oci/index.ts';
import type { LinkedBlob, ManifestReference, Repository } from '#model/platform/records.ts';
import type { CatalogContext } from './context.ts';
import { isPlainText, TEXT_HEAD_BYTES } from './plain-text.ts';

/** A manifest that is about to be stored. */
export interface Newcomer {
  readonly digest: Digest;
  readonly parsed: PushedManifest;
  readonly tags: readonly string[];
  /** Its blobs that the repository holds. */
  readonly held: ReadonlyMap<Digest, LinkedBlob>;
}

type GovernorContext = Pick<CatalogContext, 'store' | 'blobs'>;

/**
 * The manifest whose state counts for another: that of its subject, or of the digest in a tag of cosign or of the referrers tag schema, so that
 * signatures and attestations go where the image goes. What a container can be made of always has its own: otherwise anybody who may push could
 * give an image the state of another by naming that as subject.
 */
export async function governorOf(
  context: GovernorContext,
  repository: Repository | null,
  newcomer: Newcomer,
): Promise<Digest> {
  const { digest, parsed, tags } = newcomer;
  const target = parsed.subject?.digest ?? digestInTags(tags);
  if (target === null || target === digest || (await isRunnable(context, repository, newcomer))) {
    return digest;
  }
  const found = repository && (await context.store.records.manifests.find(repository.id, target, null));
  return found?.governor ?? target;
}

/** Whether nothing can be made of a manifest with a state of its own but what its type says: it is no image, and no list of packages. */
export async function cannotRun(
  context: GovernorContext,
  repository: Repository,
  { isRunnable: runs, references }: Pick<PushedManifest, 'isRunnable' | 'references'>,
): Promise<boolean> {
  if (runs !== 'unknown') {
    return !runs;
  }
  const held = new Map<Digest, LinkedBlob>();
  for (const { digest } of references) {
    const blob = await context.store.records.blobs.linked(repository.id, digest);
    if (blob !== null) {
      held.set(digest, blob);
    }
  }
  return !(await someLayerUnpacks(context, references, held));
}

/** Cosign's tags (SIGNATURE_SPEC.md, Tag-based discovery) and the referrers tag schema. Of several digests none counts. */
function digestInTags(tags: readonly string[]): Digest | null {
  const digests = new Set(tags.map(digestInTag));
  const [digest = null] = digests;
  return digests.size === 1 ? digest : null;
}

/** The digest that such a tag says it is about; null for any other tag. */
export function digestInTag(tag: string): Digest | null {
  const match = /^sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?$/.exec(tag);
  const digest = `sha256:${match?.[1] ?? ''}`;
  return isDigest(digest) ? digest : null;
}

async function isRunnable(
  context: GovernorContext,
  repository: Repository | null,
  { parsed, held }: Newcomer,
): Promise<boolean> {
  if (parsed.isRunnable !== 'unknown') {
    return parsed.isRunnable;
  }
  return parsed.kind === 'index'
    ? await someChildRuns(context, repository, parsed.references)
    : await someLayerUnpacks(context, parsed.references, held);
}

/**
 * A child that is not there may come later, and be anything; one that has a state of its own is not hung on anything. What they are is not read anew: an
 * index may name a thousand of 4 MiB.
 */
async function someChildRuns(
  { store }: GovernorContext,
  repository: Repository | null,
  children: readonly ManifestReference[],
): Promise<boolean> {
  for (const { digest } of children) {
    const child = repository && (await store.records.manifests.find(repository.id, digest, null));
    if (child === null || child.governor === digest) {
      return true;
    }
  }
  return false;
}

/**
 * Some programs unpack layers whatever their media type is. Cosign's manifests have the config of an image, too, and layers of text: what is none is
 * taken for a file system.
 */
async function someLayerUnpacks(
  { blobs }: GovernorContext,
  references: readonly ManifestReference[],
  held: ReadonlyMap<Digest, LinkedBlob>,
): Promise<boolean> {
  for (const { kind, digest } of references) {
    const blob = kind === 'layer' ? held.get(digest) : undefined;
    if (kind === 'layer' && (blob === undefined || !(await isText(blobs, blob)))) {
      return true;
    }
  }
  return false;
}

async function isText(blobs: GovernorContext['blobs'], { key, size }: LinkedBlob): Promise<boolean> {
  if (size === 0) {
    return true;
  }
  const content = await blobs.read(key, { range: { start: 0, end: Math.min(size, TEXT_HEAD_BYTES) - 1 } });
  return content !== null && isPlainText(await readBounded(content.bytes, TEXT_HEAD_BYTES, 'layer'));
}
