import type { ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import type { StoredItem } from '#model/platform/blob-store.ts';
import { BLOBS, UPLOADS } from '../keys.ts';
import type { S3 } from './client.ts';
import { nameOf, statusOf } from './failure.ts';

/** Every object below the two prefixes, a thousand at a time, and what was begun in pieces and never finished. */
export async function* listObjects(
  s3: S3,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredItem> {
  for (const folder of [UPLOADS, BLOBS]) {
    const kind = folder === BLOBS ? 'blob' : 'part';
    yield* listFolder(s3, prefix, folder, kind, signal);
    for await (const { key, begun } of unfinishedUploads(s3, `${prefix}${folder}/`, signal)) {
      yield { kind, key: key.slice(prefix.length), size: 0, modified: begun };
    }
  }
}

async function* listFolder(
  s3: S3,
  prefix: string,
  folder: string,
  kind: StoredItem['kind'],
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredItem> {
  for (let token: string | undefined; ; ) {
    signal?.throwIfAborted();
    const list = new s3.sdk.ListObjectsV2Command({
      Bucket: s3.bucket,
      Prefix: `${prefix}${folder}/`,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    const page = await s3.send(async (client) => await client.send(list), signal);
    for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
      // Some programs make an empty object for a folder.
      if (!Key.endsWith('/')) {
        yield { kind, key: Key.slice(prefix.length), size: Size, modified: LastModified?.getTime() ?? 0 };
      }
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    if (token === undefined) {
      return;
    }
  }
}

export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly begun: number;
}

/** Uploads in pieces whose names begin so. None where the server does not tell. */
export async function* unfinishedUploads(s3: S3, name: string, signal?: AbortSignal): AsyncGenerator<UnfinishedUpload> {
  let marker: Marker | null = null;
  do {
    signal?.throwIfAborted();
    const page: ListMultipartUploadsCommandOutput | null = await uploadsPage(s3, name, marker, signal);
    for (const { Key = '', UploadId = '', Initiated } of page?.Uploads ?? []) {
      yield { key: Key, uploadId: UploadId, begun: Initiated?.getTime() ?? 0 };
    }
    marker =
      page?.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker ?? '', UploadIdMarker: page.NextUploadIdMarker ?? '' }
        : null;
  } while (marker !== null);
}

interface Marker {
  readonly KeyMarker: string;
  readonly UploadIdMarker: string;
}

async function uploadsPage(
  s3: S3,
  name: string,
  marker: Marker | null,
  signal: AbortSignal | undefined,
): Promise<ListMultipartUploadsCommandOutput | null> {
  const list = new s3.sdk.ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: name, ...marker });
  return await s3.send(async (client) => {
    try {
      return await client.send(list);
    } catch (error) {
      if (statusOf(error) === 501 || nameOf(error) === 'NotImplemented') {
        return null;
      }
      throw error;
    }
  }, signal);
}
