/** Blobs at rest. */
export { type BlobCode, BlobError } from './error.ts';
export { type FsBlobOptions, openFsBlobs } from './fs/store.ts';
export { BLOB_DRIVERS, type BlobDriver } from './list.ts';
export { type BlobMeans, type BlobSettings, openBlobs } from './open.ts';
export { openS3Blobs, type S3BlobOptions } from './s3/store.ts';
export { type BlobCheck, verifyBlob } from './verify.ts';
