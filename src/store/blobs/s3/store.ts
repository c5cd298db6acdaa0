import { type Clock, systemClock } from '#base/clock.ts';
import { presignUrl } from '#base/cloud/sigv4.ts';
import { algorithmOf, createDigester, type Digest } from '#base/digest.ts';
import { limitExceeded } from '#base/limits.ts';
import {
  type AppendOptions,
  type BlobContent,
  type BlobKey,
  type BlobStore,
  type ReadOptions,
  type StoredBlob,
  type StoredItem,
  type UploadPart,
  type UploadState,
} from '#model/platform/blob-store.ts';
import { BlobError } from '../error.ts';
import { blobKey, parseBlobKey, parseListedKey, parsePartKey, partKey } from '../keys.ts';
import { probeStore } from '../probe.ts';
import { takeAll } from '../take.ts';
import { appended, assertDigest, assertRange, keysOf, partMissing, planAppend } from '../uploads.ts';
import { S3, type S3Settings } from './client.ts';
import { copyObject } from './copy.ts';
import { listObjects, unfinishedUploads } from './listing.ts';
import { ObjectBytes } from './object-bytes.ts';
import { ObjectWriter } from './object-writer.ts';

export interface S3BlobOptions extends S3Settings {
  /** Before every key, `plimsoll/` for instance; may be empty. */
  readonly prefix: string;
  readonly clock?: Clock;
  /** Eight or more of `0-9a-z` that nobody else will ever get. */
  readonly unique: () => string;
  /** What is left out has defaults that fit Amazon's limits. */
  readonly sizes?: Partial<S3Sizes>;
}

export interface S3Sizes {
  /** What is sent in one request. Memory per upload is three times as much at most. */
  readonly pieceBytes: number;
  /** What the server copies in one request. */
  readonly copyBytes: number;
}

const MiB = 1024 * 1024;
const SIZES: S3Sizes = { pieceBytes: 8 * MiB, copyBytes: 1024 * MiB };

/** Blobs as objects of a bucket. Throws for settings that cannot be right; the server is not asked before the first call. */
export async function openS3Blobs(options: S3BlobOptions): Promise<BlobStore> {
  if (!/^(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,62}\/){0,8}$/.test(options.prefix)) {
    throw new BlobError('BLOB_STORE_SETTINGS', 'not a prefix of names of objects', {
      expected: 'nothing, or up to eight names of letters, digits, dots, dashes and underscores, a slash after each',
    });
  }
  return new S3Blobs(await S3.open(options), options);
}

class S3Blobs implements BlobStore {
  readonly #s3: S3;
  readonly #options: S3BlobOptions;
  readonly #clock: Clock;
  readonly #sizes: S3Sizes;

  constructor(s3: S3, options: S3BlobOptions) {
    this.#s3 = s3;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#sizes = { ...SIZES, ...options.sizes };
  }

  async read(key: BlobKey, options: ReadOptions = {}): Promise<BlobContent | null> {
    return await this.#get(parseBlobKey(key), options);
  }

  async append(upload: UploadState, bytes: AsyncIterable<Uint8Array>, options: AppendOptions): Promise<UploadState> {
    const { algorithm, maxBytes, signal } = options;
    await this.#removeAll(upload.replaced ?? []);
    const plan = planAppend(upload);
    const key = partKey(this.#options.unique());
    const writer = this.#writer(key, algorithm, signal);
    let left = maxBytes;
    // Parts are joined when there is something to add to them, and not before.
    const first = async (chunk: Uint8Array): Promise<void> => {
      await this.#copyInto(writer, plan.joined, signal);
      await writer.write(chunk);
    };
    try {
      await takeAll(bytes, signal, (chunk) => {
        const isFirst = left === maxBytes;
        left -= chunk.length;
        if (left < 0) {
          throw limitExceeded('upload', maxBytes);
        }
        return isFirst && plan.joined.length > 0 ? first(chunk) : writer.write(chunk);
      });
      if (left === maxBytes) {
        return { size: upload.size, parts: upload.parts };
      }
      await writer.finish();
    } catch (error) {
      await writer.discard().catch(() => undefined);
      throw error;
    }
    return appended(plan, { key, digest: writer.digest(), size: writer.size });
  }

  async commit(upload: UploadState, digest: Digest, signal?: AbortSignal): Promise<StoredBlob> {
    signal?.throwIfAborted();
    const key = blobKey(digest, this.#options.unique());
    const [only, second] = upload.parts;
    if (only !== undefined && second === undefined) {
      await this.#copyOnly(only, key, digest, signal);
    } else {
      await this.#joinAll(upload.parts, key, digest, signal);
    }
    return { key, digest, size: upload.size };
  }

  async discard(upload: UploadState): Promise<void> {
    await this.#removeAll(keysOf(upload));
  }

  async remove(key: string): Promise<void> {
    const name = this.#name(parseListedKey(key));
    await this.#delete(name);
    // What a process left that died while it sent: nothing else ever shows it.
    for await (const { uploadId } of unfinishedUploads(this.#s3, name)) {
      const { AbortMultipartUploadCommand } = this.#s3.sdk;
      const abort = new AbortMultipartUploadCommand({ Bucket: this.#s3.bucket, Key: name, UploadId: uploadId });
      await this.#s3.ifThere(async (client) => await client.send(abort));
    }
  }

  list(signal?: AbortSignal): AsyncIterable<StoredItem> {
    return listObjects(this.#s3, this.#options.prefix, signal);
  }

  async locate(key: BlobKey, seconds: number): Promise<string | null> {
    const { region, pathStyle, bucket, credentials } = this.#options;
    const url = new URL(this.#s3.endpoint);
    const name = this.#name(parseBlobKey(key));
    const base = url.pathname.replace(/\/$/, '');
    if (pathStyle) {
      url.pathname = `${base}/${bucket}/${name}`;
    } else {
      url.host = `${bucket}.${url.host}`;
      url.pathname = `${base}/${name}`;
    }
    return presignUrl(url, await credentials(), { region, service: 's3', now: this.#clock.now(), seconds }).href;
  }

  async probe(signal?: AbortSignal): Promise<void> {
    await probeStore(this, `bucket ${this.#s3.bucket} of ${this.#s3.endpoint}`, signal);
  }

  async #copyOnly(part: UploadPart, key: BlobKey, digest: Digest, signal: AbortSignal | undefined): Promise<void> {
    const algorithm = algorithmOf(digest);
    if (algorithmOf(part.digest) === algorithm) {
      assertDigest(digest, part.digest);
    } else {
      const digester = createDigester(algorithm);
      await this.#takePart(part, (chunk) => digester.update(chunk), signal);
      assertDigest(digest, digester.digest());
    }
    const from = this.#name(parsePartKey(part.key));
    const { copyBytes } = this.#sizes;
    if (!(await copyObject(this.#s3, { from, to: this.#name(key), size: part.size, copyBytes }, signal))) {
      throw partMissing(part);
    }
  }

  async #joinAll(
    parts: readonly UploadPart[],
    key: BlobKey,
    digest: Digest,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const writer = this.#writer(key, algorithmOf(digest), signal);
    try {
      await this.#copyInto(writer, parts, signal);
      assertDigest(digest, writer.digest());
      await writer.finish();
    } catch (error) {
      await writer.discard().catch(() => undefined);
      throw error;
    }
  }

  #writer(key: string, algorithm: ReturnType<typeof algorithmOf>, signal: AbortSignal | undefined): ObjectWriter {
    const { pieceBytes } = this.#sizes;
    return new ObjectWriter(this.#s3, this.#name(key), { algorithm, pieceBytes, ...asOptions(signal) });
  }

  async #copyInto(writer: ObjectWriter, parts: readonly UploadPart[], signal: AbortSignal | undefined): Promise<void> {
    for (const part of parts) {
      await this.#takePart(part, (chunk) => writer.write(chunk), signal);
    }
  }

  /** Throws `BLOB_PART_MISSING` for a part that is gone or has another length. */
  async #takePart(
    part: UploadPart,
    take: (chunk: Uint8Array) => Promise<void> | void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const content = await this.#get(parsePartKey(part.key), asOptions(signal));
    if (content === null) {
      throw partMissing(part);
    }
    if (content.size !== part.size) {
      await content.close();
      throw partMissing(part);
    }
    await takeAll(content.bytes, signal, take);
  }

  async #get(key: string, { range, signal }: ReadOptions): Promise<BlobContent | null> {
    signal?.throwIfAborted();
    if (range !== undefined) {
      assertRange(range);
    }
    const get = new this.#s3.sdk.GetObjectCommand({
      Bucket: this.#s3.bucket,
      Key: this.#name(key),
      ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }),
    });
    const abort = signal === undefined ? {} : { abortSignal: signal };
    const found = await this.#s3.ifInRange(async (client) => await client.send(get, abort), signal);
    if (found === null) {
      return null;
    }
    if (found === 'RANGE' || found.Body === undefined) {
      throw new BlobError('BLOB_RANGE_INVALID', 'range outside the blob', {
        found: range === undefined ? 'none' : `${range.start} to ${range.end}`,
      });
    }
    const { ContentLength: length = 0, ContentRange = '' } = found;
    // `bytes 0-9/100`; without a range the length is that of all of it.
    const size = range === undefined ? length : Number(ContentRange.slice(ContentRange.indexOf('/') + 1));
    const bytes = new ObjectBytes(this.#s3, found.Body as ReadableBody, length, signal);
    return { size, bytes, close: async () => await Promise.resolve(bytes.close()) };
  }

  async #removeAll(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#delete(this.#name(parsePartKey(key)));
    }
  }

  async #delete(name: string): Promise<void> {
    const remove = new this.#s3.sdk.DeleteObjectCommand({ Bucket: this.#s3.bucket, Key: name });
    await this.#s3.ifThere(async (client) => await client.send(remove));
  }

  #name(key: string): string {
    return `${this.#options.prefix}${key}`;
  }
}

type ReadableBody = ConstructorParameters<typeof ObjectBytes>[1];

function asOptions(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
