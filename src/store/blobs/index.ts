/** Blobs at rest. */
export { openFsBlobs } from './fs/store.ts';
export { openBlobs } from './open.ts';
export { verifyBlob } from './verify.ts';
