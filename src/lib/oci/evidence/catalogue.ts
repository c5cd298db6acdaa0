import { type Digest, digestOf, isDigest } from '#base/digest.ts';
import { type AppError, isAppError } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { parseAttachment } from '../documents/attachment.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { isIndexType, isManifestType } from '../documents/media-types.ts';
import type { ListableFiles } from '../files/file-set.ts';
import { blobPath, missingBlob, readStored } from '../images/blobs.ts';
import { contentOf } from '../images/content-source.ts';
import { readVerified } from './documents.ts';

/** A manifest of a layout that says what it hangs on. */
export interface Referrer extends Pick<Descriptor, 'digest' | 'size'> {
  readonly subject: Digest;
}

/** All manifests of a layout that hang on others. A layout has no list of them: every document has to be read. */
export interface Catalogue {
  readonly referrers: readonly Referrer[];
  /** Documents that could not be read; each could have been one of them. */
  readonly problems: readonly { readonly digest: Digest | null; readonly error: AppError }[];
}

/** A manifest that no index names is sought among blobs of at most this size. */
const LOOSE_BYTES = 256 * 1024;

interface Walk {
  readonly files: ListableFiles;
  readonly signal: AbortSignal;
  readonly visited: Set<Digest>;
  readonly referrers: Referrer[];
  readonly problems: { readonly digest: Digest | null; readonly error: AppError }[];
  full: boolean;
}

/** Reads every manifest and index below `roots`, and with `loose` the blobs that none of them names, up to the limits. */
export async function catalogueOf(
  files: ListableFiles,
  roots: readonly Descriptor[],
  loose: boolean,
  signal: AbortSignal,
): Promise<Catalogue> {
  const walk: Walk = { files, signal, visited: new Set(), referrers: [], problems: [], full: false };
  for (const root of roots) {
    await visit(walk, root, 0);
  }
  if (loose) {
    await visitLoose(walk);
  }
  return walk;
}

async function visit(walk: Walk, descriptor: Descriptor, depth: number): Promise<void> {
  const { digest, mediaType } = descriptor;
  const isDocument = mediaType === null || isIndexType(mediaType) || isManifestType(mediaType);
  if (!isDocument || walk.visited.has(digest) || isFull(walk, walk.visited.size)) {
    return;
  }
  walk.visited.add(digest);
  await noting(walk, digest, async () => {
    if (depth > LIMITS.indexDepth) {
      throw limitExceeded(`manifest ${digest}`, LIMITS.indexDepth, 'levels of indexes');
    }
    const source = contentOf(walk.files);
    if ((await source.manifest(descriptor)) === null) {
      // A layout may well hold one platform of many; what it names itself has to be there.
      if (depth === 0) {
        throw missingBlob(`manifest ${digest}`, source);
      }
      return;
    }
    const { document } = await readVerified(source, descriptor, walk.signal);
    if (document.subject !== null) {
      walk.referrers.push({ digest, size: descriptor.size, subject: document.subject.digest });
    }
    for (const child of document.content.kind === 'index' ? document.content.manifests : []) {
      await visit(walk, child, depth + 1);
    }
  });
}

/** Says so once. */
function isFull(walk: Walk, count: number): boolean {
  if (count < LIMITS.referrers) {
    return false;
  }
  if (!walk.full) {
    walk.full = true;
    const error = limitExceeded(`documents of ${walk.files.object}`, LIMITS.referrers, 'manifests and indexes');
    walk.problems.push({ digest: null, error });
  }
  return true;
}

/** `cosign save` writes bundles so: the blobs are there, and index.json does not say so (sigstore/cosign 3, getLocalBundleDescriptors). */
async function visitLoose(walk: Walk): Promise<void> {
  const { files, visited } = walk;
  const names: string[] = [];
  await noting(walk, null, async () => {
    names.push(...(await files.list('blobs/sha256')).toSorted());
  });
  for (const [count, digest] of names.map((name) => `sha256:${name}`).entries()) {
    if (isFull(walk, count)) {
      return;
    }
    if (isDigest(digest) && !visited.has(digest)) {
      await noting(walk, digest, () => lookInto(walk, digest));
    }
  }
}

async function lookInto({ files, signal, referrers }: Walk, digest: Digest): Promise<void> {
  const file = await files.find(blobPath(digest));
  if (file === null || file.size > LOOSE_BYTES) {
    return;
  }
  const bytes = await readStored(file, LOOSE_BYTES, `blob ${digest}`, signal);
  const subject = digestOf(bytes) === digest ? subjectIn(bytes, digest) : null;
  if (subject !== null) {
    referrers.push({ digest, size: bytes.length, subject });
  }
}

/** Most blobs are no manifests at all, and what cannot be read as one is none. */
function subjectIn(bytes: Uint8Array, digest: Digest): Digest | null {
  try {
    return bytes[0] === 0x7b ? (parseAttachment(bytes, null, `blob ${digest}`).subject?.digest ?? null) : null;
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
}

async function noting(walk: Walk, digest: Digest | null, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    walk.signal.throwIfAborted();
    if (!isAppError(error)) {
      throw error;
    }
    walk.problems.push({ digest, error });
  }
}
