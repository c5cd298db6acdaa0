/** Blobs at rest. */
export { type BlobCode, BlobError } from './error.ts';
export { type FsBlobOptions, openFsBlobs } from './fs/store.ts';
export { type BlobCheck, verifyBlob } from './verify.ts';
