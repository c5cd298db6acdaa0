import { algorithmOf, type Digest, hexOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import type { BlobKey } from '#model/platform/blob-store.ts';
import { BlobError } from './error.ts';

/** Folders, or prefixes, below the store's root. */
export const BLOBS = 'blobs';
export const UPLOADS = 'uploads';

const UNIQUE = '[0-9a-z]{8,64}';
const BLOB_KEY = new RegExp(
  `^${BLOBS}/(?:sha256/([0-9a-f]{2})/\\1[0-9a-f]{62}|sha512/([0-9a-f]{2})/\\2[0-9a-f]{126})-${UNIQUE}$`,
);
const PART_KEY = new RegExp(`^${UPLOADS}/${UNIQUE}$`);

/** `blobs/sha256/ab/<hex>-<unique>`. */
export function blobKey(digest: Digest, unique: string): BlobKey {
  return parseBlobKey(`${folderOf(digest)}/${hexOf(digest)}-${unique}`);
}

/** `blobs/sha256/ab`. */
export function folderOf(digest: Digest): string {
  return `${BLOBS}/${algorithmOf(digest)}/${hexOf(digest).slice(0, 2)}`;
}

/** `uploads/<unique>`. */
export function partKey(unique: string): string {
  return parsePartKey(`${UPLOADS}/${unique}`);
}

/** The unique end of the key of a part. */
export function uniqueOf(part: string): string {
  return part.slice(UPLOADS.length + 1);
}

/** Keys come out of rows that may be damaged: nothing else ever becomes a path. Throws `BLOB_KEY_INVALID`. */
export function parseBlobKey(key: string): BlobKey {
  if (!BLOB_KEY.test(key)) {
    throw invalid('key of a blob', key);
  }
  return key as BlobKey;
}

/** As `parseBlobKey`. */
export function parsePartKey(key: string): string {
  if (!PART_KEY.test(key)) {
    throw invalid('key of a part', key);
  }
  return key;
}

/** True for a key of ours, as against the name of something that somebody else left there. */
export function isOwnKey(key: string): boolean {
  return BLOB_KEY.test(key) || PART_KEY.test(key);
}

/** A key as `list` gives it, unknown files among them: below one of the two folders and nowhere else. */
export function parseListedKey(key: string): string {
  const [first = '', ...rest] = key.split('/');
  const below = (first === BLOBS || first === UPLOADS) && rest.length > 0;
  if (!below || key.includes('\0') || rest.some((name) => name === '' || name === '.' || name === '..')) {
    throw invalid('listed key', key);
  }
  return key;
}

function invalid(object: string, key: string): BlobError {
  return new BlobError('BLOB_KEY_INVALID', 'not the name of anything stored here', { object, found: quote(key) });
}
