import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';
import type { OwnedFiles } from '#model/ownership.ts';

const NEWLINE = 0x0a;
const SUFFIX = '.md5sums';
/** 32 hexadecimal digits and two blanks (deb-md5sums(5)). */
const PATH_AT = 34;
const BLANK = 0x20;
/** How some tools write that a path begins at the root. */
const PREFIXES: readonly string[] = ['./', '/'];

/**
 * The paths of `status.d/NAME.md5sums`, which stands for a list where dpkg is not: regular files without links. What is
 * none of these lines names no file, so that nobody owns what it may have meant. Throws `LIMIT_EXCEEDED`.
 */
export function parseMd5sums(bytes: Uint8Array, path: string): OwnedFiles {
  const files = new PathHashes();
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const first = start + PATH_AT;
    if (first < end && bytes[first - 1] === BLANK && bytes[first - 2] === BLANK) {
      if (files.count === LIMITS.layerEntries) {
        throw limitExceeded(path, LIMITS.layerEntries, 'files of a package');
      }
      files.add(bytes, first + prefixLength(bytes, first), end);
    }
    start = end + 1;
  }
  return { package: path.slice(path.lastIndexOf('/') + 1, -SUFFIX.length), files: files.toText() };
}

function prefixLength(bytes: Uint8Array, start: number): number {
  const head = String.fromCharCode(...bytes.subarray(start, start + 2));
  return PREFIXES.find((prefix) => head.startsWith(prefix))?.length ?? 0;
}
