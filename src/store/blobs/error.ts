import { AppError } from '#base/error.ts';

export type BlobCode =
  /** What was uploaded has another digest than the one it was to have. The upload can go on or be sent again. */
  | 'UPLOAD_DIGEST_MISMATCH'
  /** A range that begins past the end of the blob, or ends before it begins. */
  | 'BLOB_RANGE_INVALID'
  /** A part of an upload is gone or not as long as it was: the upload has to be started again. */
  | 'BLOB_PART_MISSING'
  /** A name that is none of a blob or a part of an upload: what is kept of it elsewhere was damaged. */
  | 'BLOB_KEY_INVALID'
  /** What is stored ended before all of it was read. */
  | 'BLOB_TRUNCATED'
  /** There is no room left where blobs are kept, or a quota is used up. */
  | 'BLOB_STORE_FULL'
  /** Where blobs are kept cannot be written to or read from: a disk that fails, a server that does not answer. */
  | 'BLOB_STORE_UNAVAILABLE'
  /** Where blobs are kept refuses access, or there is no such bucket. */
  | 'BLOB_STORE_REFUSED'
  /** Settings of the store that cannot be right. */
  | 'BLOB_STORE_SETTINGS';

/** What is wrong with blobs at rest, or where they are kept. */
export class BlobError extends AppError<BlobCode> {}
