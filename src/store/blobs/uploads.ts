import type { Digest } from '#base/digest.ts';
import type { ByteRange, UploadPart, UploadState } from '#model/platform/blob-store.ts';
import { BlobError } from './error.ts';

/** Parts at the end of an upload that are joined into one, so that chunks of 1 KiB do not make rows of endless length. */
export const JOINED_PARTS = 64;
/** Below this a part is small. */
const SMALL_PART_BYTES = 8 * 1024 * 1024;

/** What the next append does with the parts that are there. */
export interface AppendPlan {
  readonly kept: readonly UploadPart[];
  /** Copied into the new part, before its own bytes. */
  readonly joined: readonly UploadPart[];
}

/** Joins once the new part would be the last of 64 small ones. */
export function planAppend({ parts }: UploadState): AppendPlan {
  const count = JOINED_PARTS - 1;
  const last = parts.slice(-count);
  return last.length === count && last.every(({ size }) => size < SMALL_PART_BYTES)
    ? { kept: parts.slice(0, -count), joined: last }
    : { kept: parts, joined: [] };
}

/** The upload with its new part in the place of those that were joined into it. */
export function appended({ kept, joined }: AppendPlan, part: UploadPart): UploadState {
  const parts = [...kept, part];
  const size = parts.reduce((sum, each) => sum + each.size, 0);
  return { size, parts, ...(joined.length === 0 ? {} : { replaced: joined.map(({ key }) => key) }) };
}

/** Every key that an upload holds. */
export function keysOf({ parts, replaced = [] }: UploadState): readonly string[] {
  return [...parts.map(({ key }) => key), ...replaced];
}

/** Throws `UPLOAD_DIGEST_MISMATCH`. */
export function assertDigest(wanted: Digest, found: Digest): void {
  if (wanted !== found) {
    throw new BlobError('UPLOAD_DIGEST_MISMATCH', 'what was uploaded has another digest', { expected: wanted, found });
  }
}

/** The range within a blob of that size: an end past it is its last byte. Throws `BLOB_RANGE_INVALID`. */
export function rangeWithin(size: number, range: ByteRange | undefined): ByteRange {
  if (range === undefined) {
    return { start: 0, end: size - 1 };
  }
  assertRange(range, size);
  return { start: range.start, end: Math.min(range.end, size - 1) };
}

/** Throws `BLOB_RANGE_INVALID`. */
export function assertRange({ start, end }: ByteRange, size = Infinity): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start || start >= size) {
    throw new BlobError('BLOB_RANGE_INVALID', 'range outside the blob', {
      expected: size === Infinity ? 'a first and a last byte' : `bytes of 0 to ${size - 1}`,
      found: `${start} to ${end}`,
    });
  }
}

export function partMissing(part: UploadPart, cause?: unknown): BlobError {
  return new BlobError('BLOB_PART_MISSING', 'a part of the upload is gone or damaged', {
    object: `upload part of ${part.size} bytes`,
    hint: 'Start the upload again.',
    cause,
  });
}
