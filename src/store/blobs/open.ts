import type { Clock } from '#base/clock.ts';
import type { BlobStore } from '#model/platform/blob-store.ts';
import { openFsBlobs } from './fs/store.ts';
import { openS3Blobs, type S3BlobOptions } from './s3/store.ts';

/** Which store, and where. */
export type BlobSettings =
  | { readonly driver: 'fs'; readonly root: string }
  | ({ readonly driver: 's3' } & Omit<S3BlobOptions, keyof BlobMeans>);

/** What a store takes from outside. */
export interface BlobMeans {
  readonly clock: Clock;
  /** Eight or more of `0-9a-z` that nobody else will ever get. */
  readonly unique: () => string;
}

/** The store that the settings name. Throws `BLOB_STORE_SETTINGS`, or what is wrong with its folder. */
export async function openBlobs(settings: BlobSettings, means: BlobMeans): Promise<BlobStore> {
  return settings.driver === 'fs'
    ? await openFsBlobs({ root: settings.root, ...means })
    : await openS3Blobs({ ...settings, ...means });
}
