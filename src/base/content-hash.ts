import { hash } from 'node:crypto';

/** What databases of packages have of their files: dpkg MD5, apk SHA-1, rpm SHA-256 and before that MD5. */
const ALGORITHMS = ['md5', 'sha1', 'sha256'] as const;

/**
 * So many hexadecimal digits of a digest are compared. That is for files that were changed by accident: who wants to can
 * change the digest in the database instead.
 */
export const DIGEST_HEAD = 16;

/** The heads of the digests of a file, one after the other: to be compared with what a database says, whichever it takes. */
export function digestHeads(bytes: Uint8Array): string {
  return ALGORITHMS.map((algorithm) => hash(algorithm, bytes, 'hex').slice(0, DIGEST_HEAD)).join('');
}

/** The same one by one; of a text that is something else whatever it begins with, and no more of them. */
export function splitHeads(heads: string): readonly string[] {
  return ALGORITHMS.map((_, index) => heads.slice(index * DIGEST_HEAD, (index + 1) * DIGEST_HEAD));
}
