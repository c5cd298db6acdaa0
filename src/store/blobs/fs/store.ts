import { link, lstat, realpath, rename, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '#base/clock.ts';
import { algorithmOf, createDigester, type Digest, type DigestAlgorithm } from '#base/digest.ts';
import { limitExceeded } from '#base/limits.ts';
import type {
  AppendOptions,
  BlobContent,
  BlobKey,
  BlobStore,
  ReadOptions,
  StoredBlob,
  StoredItem,
  UploadPart,
  UploadState,
} from '#model/platform/blob-store.ts';
import { BlobError } from '../error.ts';
import {
  blobKey,
  folderOf,
  isOwnKey,
  parseBlobKey,
  parseListedKey,
  parsePartKey,
  partKey,
  UPLOADS,
  uniqueOf,
} from '../keys.ts';
import { probeStore } from '../probe.ts';
import { takeAll } from '../take.ts';
import { appended, assertDigest, keysOf, partMissing, planAppend, rangeWithin } from '../uploads.ts';
import { ifThere } from './failure.ts';
import { FileBytes, openFile } from './file-bytes.ts';
import { Folders, prepareRoot } from './folders.ts';
import { PartWriter } from './part-writer.ts';
import { walk } from './walk.ts';

export interface FsBlobOptions {
  /** Made when it is not there, for its owner alone. */
  readonly root: string;
  /** Marks blobs with the time of their commit. */
  readonly clock?: Clock;
  /** Eight or more of `0-9a-z` that nobody else will ever get. */
  readonly unique: () => string;
}

/** Blobs as files below a folder that any number of processes of one machine share. */
export async function openFsBlobs({ root, clock = systemClock, unique }: FsBlobOptions): Promise<BlobStore> {
  return new FsBlobs(await prepareRoot(root), clock, unique);
}

class FsBlobs implements BlobStore {
  readonly #root: string;
  readonly #clock: Clock;
  readonly #unique: () => string;
  readonly #folders: Folders;

  constructor(root: string, clock: Clock, unique: () => string) {
    this.#root = root;
    this.#clock = clock;
    this.#unique = unique;
    this.#folders = new Folders(root);
  }

  async read(key: BlobKey, options: ReadOptions = {}): Promise<BlobContent | null> {
    options.signal?.throwIfAborted();
    const opened = await openFile(this.#root, this.#path(parseBlobKey(key)));
    if (opened === null) {
      return null;
    }
    try {
      const bytes = new FileBytes(this.#root, opened.file, rangeWithin(opened.size, options.range), options);
      return { size: opened.size, bytes, close: async () => await bytes.close() };
    } catch (error) {
      await opened.file.close();
      throw error;
    }
  }

  async append(upload: UploadState, bytes: AsyncIterable<Uint8Array>, options: AppendOptions): Promise<UploadState> {
    const { algorithm, maxBytes, signal } = options;
    await this.#removeAll(upload.replaced ?? []);
    const plan = planAppend(upload);
    let joined = plan.joined.length === 0;
    // Not before there is something to add to them.
    const joinFirst = async (writer: PartWriter, chunk: Uint8Array): Promise<void> => {
      joined = true;
      await this.#copy(plan.joined, (bytesOfPart) => writer.write(bytesOfPart), options);
      await writer.write(chunk);
    };
    const fill = async (writer: PartWriter): Promise<boolean> => {
      let left = maxBytes;
      await takeAll(bytes, signal, (chunk) => {
        left -= chunk.length;
        if (left < 0) {
          throw limitExceeded('upload', maxBytes);
        }
        return joined ? writer.write(chunk) : joinFirst(writer, chunk);
      });
      return left < maxBytes;
    };
    // The name of one that is committed next need not be there before.
    const part = await this.#writePart(algorithm, fill, async () => {
      if (options.isLast !== true) {
        await this.#folders.sync(UPLOADS);
      }
    });
    if (part === null) {
      return { size: upload.size, parts: upload.parts };
    }
    return appended(plan, part);
  }

  async commit(upload: UploadState, digest: Digest, signal?: AbortSignal): Promise<StoredBlob> {
    signal?.throwIfAborted();
    await this.#folders.make(folderOf(digest));
    const [only, second] = upload.parts;
    const key =
      only !== undefined && second === undefined
        ? await this.#moveOnly(only, digest, signal)
        : await this.#joinAll(upload.parts, digest, signal);
    await this.#folders.sync(folderOf(digest));
    return { key, digest, size: upload.size };
  }

  async discard(upload: UploadState): Promise<void> {
    await this.#removeAll(keysOf(upload));
  }

  async remove(key: string): Promise<void> {
    const path = this.#path(parseListedKey(key));
    // Of a file that somebody else left here, the folders on the way may be links.
    const folder = isOwnKey(key) ? dirname(path) : await ifThere(this.#root, async () => await realpath(dirname(path)));
    if (folder === dirname(path)) {
      await ifThere(this.#root, async () => await unlink(path));
    }
  }

  list(signal?: AbortSignal): AsyncIterable<StoredItem> {
    return walk(this.#root, signal);
  }

  locate(): Promise<string | null> {
    return Promise.resolve(null);
  }

  async probe(signal?: AbortSignal): Promise<void> {
    await probeStore(this, `blobs in ${this.#root}`, signal);
  }

  /** A new part that is on the disk, its name when `named` makes it so; null when `fill` says that it is none. Nothing stays of one that failed. */
  async #writePart(
    algorithm: DigestAlgorithm,
    fill: (writer: PartWriter) => Promise<boolean>,
    named: () => Promise<void> = () => Promise.resolve(),
  ): Promise<UploadPart | null> {
    const key = partKey(this.#unique());
    const writer = new PartWriter(this.#root, this.#path(key), algorithm);
    try {
      if (await fill(writer)) {
        return { key, ...(await writer.finish(named)) };
      }
    } catch (error) {
      await writer.discard().catch(() => undefined);
      throw error;
    }
    await writer.discard();
    return null;
  }

  async #moveOnly(part: UploadPart, digest: Digest, signal: AbortSignal | undefined): Promise<BlobKey> {
    const algorithm = algorithmOf(digest);
    const found = algorithmOf(part.digest) === algorithm ? part.digest : await this.#hash(part, algorithm, signal);
    assertDigest(digest, found);
    const key = blobKey(digest, uniqueOf(parsePartKey(part.key)));
    if (await this.#rename(part, key)) {
      return key;
    }
    // An earlier commit moved it and could not keep the row. Its key may be garbage that is removed right now, so the same file gets another one.
    const again = blobKey(digest, this.#unique());
    const path = this.#path(again);
    const linked = await ifThere(this.#root, async () => {
      await this.#touch(key);
      await link(this.#path(key), path);
      return true;
    });
    if (linked === null) {
      throw partMissing(part);
    }
    return again;
  }

  async #joinAll(parts: readonly UploadPart[], digest: Digest, signal: AbortSignal | undefined): Promise<BlobKey> {
    const joined = await this.#writePart(algorithmOf(digest), async (writer) => {
      await this.#copy(parts, (chunk) => writer.write(chunk), asOptions(signal));
      return true;
    });
    if (joined === null) {
      throw new BlobError('BLOB_STORE_UNAVAILABLE', 'nothing was joined');
    }
    try {
      assertDigest(digest, joined.digest);
      const key = blobKey(digest, uniqueOf(joined.key));
      if (await this.#rename(joined, key)) {
        return key;
      }
      throw partMissing(joined);
    } catch (error) {
      await this.#removeAll([joined.key]).catch(() => undefined);
      throw error;
    }
  }

  /** False when the part is gone. */
  async #rename(part: UploadPart, key: BlobKey): Promise<boolean> {
    const renamed = await ifThere(this.#root, async () => {
      const found = await lstat(this.#path(part.key));
      if (!found.isFile() || found.size !== part.size) {
        throw partMissing(part);
      }
      // Garbage is known by its age, and the part may be as old as a slow upload.
      await this.#touch(part.key);
      await rename(this.#path(part.key), this.#path(key));
      return true;
    });
    return renamed === true;
  }

  async #touch(key: string): Promise<void> {
    const now = this.#clock.now() / 1000;
    await utimes(this.#path(key), now, now);
  }

  async #hash(part: UploadPart, algorithm: DigestAlgorithm, signal: AbortSignal | undefined): Promise<Digest> {
    const digester = createDigester(algorithm);
    await this.#copy([part], (chunk) => digester.update(chunk), { ...asOptions(signal), lend: true });
    return digester.digest();
  }

  /** All bytes of parts in their order. Throws `BLOB_PART_MISSING` for one that is gone or has another length. */
  async #copy(
    parts: readonly UploadPart[],
    take: (chunk: Uint8Array) => Promise<void> | void,
    options: ReadOptions,
  ): Promise<void> {
    for (const part of parts) {
      const opened = await openFile(this.#root, this.#path(parsePartKey(part.key)));
      if (opened === null) {
        throw partMissing(part);
      }
      if (opened.size !== part.size) {
        await opened.file.close();
        throw partMissing(part);
      }
      const bytes = new FileBytes(this.#root, opened.file, { start: 0, end: opened.size - 1 }, options);
      await takeAll(bytes, options.signal, take);
    }
  }

  async #removeAll(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await ifThere(this.#root, async () => await unlink(this.#path(parsePartKey(key))));
    }
  }

  #path(key: string): string {
    return join(this.#root, key);
  }
}

function asOptions(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
