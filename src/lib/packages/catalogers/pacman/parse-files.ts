import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';

const NEWLINE = 0x0a;
const SLASH = 0x2f;
const PERCENT = 0x25;
const FILES = Buffer.from('%FILES%');

/** The paths in the block `%FILES%`, relative to the root; folders end with a slash and own nothing. Throws `LIMIT_EXCEEDED`. */
export function parseFiles(bytes: Uint8Array, object: string): PathHashes {
  const files = new PathHashes();
  let isInside = false;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    if (end === start) {
      isInside = false;
    } else if (!isInside && bytes[start] === PERCENT) {
      isInside = FILES.equals(bytes.subarray(start, end));
    } else if (isInside && bytes[end - 1] !== SLASH) {
      if (files.count === LIMITS.layerEntries) {
        throw limitExceeded(object, LIMITS.layerEntries, 'files of a package');
      }
      files.add(bytes, start, end);
    }
    start = end + 1;
  }
  return files;
}
