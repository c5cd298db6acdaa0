import { DIGEST_HEAD } from '#base/content-hash.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';
import type { OwnedFiles } from '#model/ownership.ts';
import { ownerOf } from '../../dpkg-format/parse-list.ts';

const NEWLINE = 0x0a;
const SUFFIX = '.md5sums';
/** 32 hexadecimal digits and two blanks (deb-md5sums(5)). */
const PATH_AT = 34;
const BLANK = 0x20;
/** How some tools write that a path begins at the root. */
const PREFIXES: readonly string[] = ['./', '/'];

/**
 * `info/NAME.md5sums` or `info/NAME:ARCHITECTURE.md5sums`, which has regular files without links and configuration, with
 * their digests. What is none of these lines names no file. `listed` makes paths of it too, for `status.d/NAME.md5sums`,
 * which stands for a list where dpkg is not. Throws `LIMIT_EXCEEDED`.
 */
export function parseMd5sums(bytes: Uint8Array, path: string, listed: boolean): OwnedFiles {
  const files = new PathHashes();
  const contents = new PathHashes();
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const first = start + PATH_AT;
    if (first < end && bytes[first - 1] === BLANK && bytes[first - 2] === BLANK) {
      if (contents.count === LIMITS.layerEntries) {
        throw limitExceeded(path, LIMITS.layerEntries, 'files of a package');
      }
      const pathStart = first + prefixLength(bytes, first);
      if (listed) {
        files.add(bytes, pathStart, end);
      }
      contents.startWith(bytes, pathStart, end);
      contents.add(bytes, start, start + DIGEST_HEAD);
    }
    start = end + 1;
  }
  return { ...ownerOf(path, SUFFIX), files: files.toText(), contents: contents.toText() };
}

function prefixLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  if (first !== 0x2e && first !== 0x2f) {
    return 0;
  }
  const head = String.fromCharCode(first, bytes[start + 1] ?? 0);
  return PREFIXES.find((prefix) => head.startsWith(prefix))?.length ?? 0;
}
