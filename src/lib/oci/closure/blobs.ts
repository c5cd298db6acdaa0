import type { Digest } from '#base/digest.ts';
import type { AppError } from '#base/error.ts';
import { isAppError } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { mapConcurrently } from '#base/pool.ts';
import { sizeMismatch } from '../images/blobs.ts';
import type { ClosureBlob } from './closure.ts';
import type { NodeBlob } from './node.ts';
import type { Upstream } from './upstream.ts';

const PARALLEL = 4;

/** The blobs of a plan, each digest once. */
export class PlannedBlobs {
  readonly #blobs = new Map<Digest, NodeBlob>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Why the blob cannot be copied; null when it can. Two manifests that give one digest two sizes cannot both be right. */
  add(blob: NodeBlob): AppError | null {
    const { digest, size, isForeign } = blob;
    const object = `blob ${digest}`;
    const known = this.#blobs.get(digest);
    if (known !== undefined && known.size !== size) {
      return sizeMismatch(object, known.size, size);
    }
    if (size > LIMITS.blobBytes) {
      return limitExceeded(object, LIMITS.blobBytes, 'bytes', size);
    }
    if (known === undefined && this.#blobs.size >= this.#limit) {
      return limitExceeded(object, this.#limit, 'blobs of one image');
    }
    // Somebody calls it a layer like any other: then it is one.
    this.#blobs.set(digest, known === undefined ? blob : { ...known, isForeign: known.isForeign && isForeign });
    return null;
  }

  /** Foreign layers are held where the registry says that it has them. */
  async list(upstream: Upstream, signal: AbortSignal): Promise<readonly ClosureBlob[]> {
    const order = [...this.#blobs.values()];
    return await mapConcurrently(
      order,
      PARALLEL,
      async ({ digest, size, mediaType, isForeign }, _, stop) => ({
        digest,
        size,
        mediaType,
        isHeld: !isForeign || (await isThere(upstream, digest, stop)),
      }),
      signal,
    );
  }
}

/** A registry that does not say has not got it: nobody needs it from there. */
async function isThere(upstream: Upstream, digest: Digest, signal: AbortSignal): Promise<boolean> {
  try {
    return await upstream.hasBlob(digest, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isAppError(error)) {
      return false;
    }
    throw error;
  }
}
