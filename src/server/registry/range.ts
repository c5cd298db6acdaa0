import type { ByteRange } from '#model/platform/blob-store.ts';
import { RequestError } from './request-error.ts';

/**
 * The bytes that a `Range` header asks for (RFC 9110, section 14.2), clipped to the size; null for all of them, also where it is of another unit or of
 * several ranges. Throws 416 for a range without a byte of the content, and for one that ends before it begins.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | null {
  const match = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) {
    return null;
  }
  const range =
    first === ''
      ? { start: Math.max(0, size - Number(last)), end: size - 1 }
      : { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
  if (range.start > range.end || range.start >= size) {
    throw new RequestError(416, 'RANGE_INVALID', 'no byte of the content is in this range', {
      headers: { 'content-range': `bytes */${size}` },
    });
  }
  return range;
}

/** Where a chunk says that it begins and ends: `0-1023`, as the distribution specification has it, or `bytes 0-1023/*`. Null for no header. */
export function parseContentRange(header: string | undefined): ByteRange | null {
  if (header === undefined) {
    return null;
  }
  const match = /^(?:bytes[ =])?([0-9]{1,15})-([0-9]{1,15})(?:\/(?:[0-9]{1,15}|\*))?$/.exec(header.trim());
  const range = { start: Number(match?.[1]), end: Number(match?.[2]) };
  if (match === null || range.end < range.start) {
    throw new RequestError(416, 'BLOB_UPLOAD_INVALID', 'Content-Range is not START-END');
  }
  return range;
}
