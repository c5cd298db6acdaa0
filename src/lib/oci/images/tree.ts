import type { Digest } from '#base/digest.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Platform } from '#model/platform.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { parseManifest } from '../documents/manifest.ts';
import { isConfigType, isIndexType, isManifestType, isSchema1Type } from '../documents/media-types.ts';
import { OciError } from '../error.ts';
import { readBlob } from './blobs.ts';
import type { ContentSource } from './content-source.ts';
import type { Integrity } from './integrity.ts';

/** An entry of an index that is the manifest of an image and is in the source. */
export interface Candidate {
  readonly descriptor: Descriptor;
  /** From the descriptor; null when it names none. */
  readonly platform: Platform | null;
  /** The digests of the indexes that lead here, outermost first, then its own. */
  readonly chain: readonly Digest[];
  /** The entry of index.json that leads here. */
  readonly root: Descriptor;
}

export interface Tree {
  readonly candidates: readonly Candidate[];
  /** Named by an index but not in the source: an archive may hold one platform of many. */
  readonly absent: readonly Descriptor[];
  /** Attestations and artifacts. */
  readonly others: readonly Descriptor[];
}

interface Walk {
  readonly source: ContentSource;
  readonly integrity: Integrity;
  readonly signal: AbortSignal | undefined;
  readonly candidates: Candidate[];
  readonly absent: Descriptor[];
  readonly others: Descriptor[];
  visited: number;
}

/** Everything that a source's outermost entries lead to, through nested indexes. */
export async function collectTree(
  source: ContentSource,
  roots: readonly Descriptor[],
  integrity: Integrity,
  signal?: AbortSignal,
): Promise<Tree> {
  const walk: Walk = { source, integrity, signal, candidates: [], absent: [], others: [], visited: 0 };
  for (const root of roots) {
    await visit(walk, root, root, []);
  }
  return walk;
}

async function visit(walk: Walk, descriptor: Descriptor, root: Descriptor, path: readonly Digest[]): Promise<void> {
  walk.visited += 1;
  if (walk.visited > LIMITS.indexManifests) {
    throw limitExceeded(`indexes of ${walk.source.object}`, LIMITS.indexManifests, 'entries');
  }
  if (path.includes(descriptor.digest)) {
    throw new OciError('INDEX_CYCLE', 'an index that contains itself', {
      object: `index ${descriptor.digest}`,
      expected: 'an index of other manifests',
      found: [...path, descriptor.digest].join(' → '),
    });
  }
  const type = descriptor.mediaType;
  const known = type === null || isIndexType(type) || isManifestType(type) || isSchema1Type(type);
  if (!known || isNoPlatform(descriptor)) {
    walk.others.push(descriptor);
  } else if ((await walk.source.manifest(descriptor)) === null) {
    walk.absent.push(descriptor);
  } else {
    await descend(walk, descriptor, root, [...path, descriptor.digest]);
  }
}

async function descend(walk: Walk, descriptor: Descriptor, root: Descriptor, chain: readonly Digest[]): Promise<void> {
  const children = await childrenOf(walk, descriptor);
  if (children === null) {
    walk.candidates.push({ descriptor, platform: descriptor.platform, chain, root });
    return;
  }
  if (chain.length > LIMITS.indexDepth) {
    throw limitExceeded(`index ${descriptor.digest}`, LIMITS.indexDepth, 'levels of indexes');
  }
  for (const child of children) {
    await visit(walk, child, root, chain);
  }
}

/** The entries of an index; null for a manifest. */
async function childrenOf(walk: Walk, descriptor: Descriptor): Promise<readonly Descriptor[] | null> {
  const isIndex = isIndexType(descriptor.mediaType);
  if (!isIndex && descriptor.mediaType !== null) {
    return null;
  }
  const object = `${isIndex ? 'index' : 'manifest'} ${descriptor.digest}`;
  // A manifest is read again when its image is opened, and its problems belong to that image alone.
  const integrity = isIndex ? walk.integrity : walk.integrity.fork();
  const file = await walk.source.manifest(descriptor);
  if (file === null) {
    return null;
  }
  const blob = await readBlob(file, descriptor, LIMITS.manifestBytes, object, integrity, walk.signal);
  const document = parseManifest(blob.bytes, descriptor.mediaType, object);
  return document.kind === 'index' ? document.manifests : null;
}

/** BuildKit marks its attestation manifests so; other artifacts say their type. */
function isNoPlatform(descriptor: Descriptor): boolean {
  const { platform, artifactType, annotations } = descriptor;
  return (
    annotations.get('vnd.docker.reference.type') === 'attestation-manifest' ||
    (platform?.os === 'unknown' && platform.architecture === 'unknown') ||
    (artifactType !== null && !isConfigType(artifactType))
  );
}
