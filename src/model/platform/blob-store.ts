import type { Digest, DigestAlgorithm } from '#base/digest.ts';

/**
 * Bytes at rest, each blob under a key of its own that was never used before: two uploads of the same digest are two
 * keys, so that removing one never touches the other. Which key a digest has is for the metadata store to say; a key that
 * it does not know is garbage. Written by many processes at once.
 */
export interface BlobStore {
  /** Bytes of a blob from `range.start` to `range.end` inclusive, all of it without a range. Null when there is no such key. */
  read(key: BlobKey, options?: ReadOptions): Promise<BlobContent | null>;
  /**
   * Adds bytes to an upload, durable when this resolves. What came before an abort or an error is discarded, and the upload
   * stays as it was. Of two that add to the same state only one can be kept: `addedTo` says what the other one discards.
   * Chunks that were given out are not written over afterwards.
   */
  append(upload: UploadState, bytes: AsyncIterable<Uint8Array>, options: AppendOptions): Promise<UploadState>;
  /**
   * Makes an upload a blob, durable when this resolves: its file, then the folder. Throws `UPLOAD_DIGEST_MISMATCH`, and the upload
   * stays as it was. Whoever could not keep the blob's row may commit the same upload again and gets another key; once the
   * row is kept, `discard` removes what the upload still holds.
   */
  commit(upload: UploadState, digest: Digest, signal?: AbortSignal): Promise<StoredBlob>;
  /** Removes what an upload holds. Removing what is not there is no error, here and below. */
  discard(upload: UploadState): Promise<void>;
  /** Removes a blob, or anything that `list` names. */
  remove(key: string): Promise<void>;
  /** Every key, and every part of an upload, in no order. Size in bytes, time in milliseconds UTC. */
  list(signal?: AbortSignal): AsyncIterable<StoredItem>;
  /** A URL where a client may read the blob without asking us, for as long as `seconds`; null for a driver that has none. */
  locate(key: BlobKey, seconds: number): Promise<string | null>;
  /** Whether it can be written to and read from right now; throws what is wrong. */
  probe(signal?: AbortSignal): Promise<void>;
}

export type BlobKey = string & { readonly __blobKey: true };

export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

export interface ReadOptions {
  readonly range?: ByteRange;
  readonly signal?: AbortSignal;
  /** Chunks are lent: each is written over once the next one is asked for. For consumers that hold none, at half the cost. */
  readonly lend?: boolean;
}

export interface BlobContent {
  /** Bytes of the whole blob. */
  readonly size: number;
  /** To be iterated once, to the end or until it is left; otherwise to be given back with `close`. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Gives back what is held open. Does nothing after `bytes` were iterated. */
  close(): Promise<void>;
}

/** What an upload holds so far: plain data, kept in a row between requests, so that any process may go on with it. */
export interface UploadState {
  readonly size: number;
  readonly parts: readonly UploadPart[];
  /** Parts that the last `append` joined, which earlier states need: the next `append` to this state removes them, and `discard`. */
  readonly replaced?: readonly string[];
}

/** A run of bytes that never changes. */
export interface UploadPart {
  /** Where the driver keeps it. */
  readonly key: string;
  readonly size: number;
  /** Of these bytes alone; an upload of one part is that blob. */
  readonly digest: Digest;
}

export const EMPTY_UPLOAD: UploadState = { size: 0, parts: [] };

/** What an append made, for `discard` when its state could not be kept. */
export function addedTo(before: UploadState, after: UploadState): UploadState {
  const known = new Set(before.parts.map(({ key }) => key));
  const parts = after.parts.filter(({ key }) => !known.has(key));
  return { size: parts.reduce((sum, { size }) => sum + size, 0), parts };
}

export interface AppendOptions {
  readonly algorithm: DigestAlgorithm;
  /** More bytes than this in one call throw `LIMIT_EXCEEDED`. */
  readonly maxBytes: number;
  /** The upload is committed next: what was added need not outlive a crash before that. */
  readonly isLast?: boolean;
  readonly signal?: AbortSignal;
}

export interface StoredBlob {
  readonly key: BlobKey;
  readonly digest: Digest;
  readonly size: number;
}

export interface StoredItem {
  readonly kind: 'blob' | 'part';
  readonly key: string;
  readonly size: number;
  readonly modified: number;
}
