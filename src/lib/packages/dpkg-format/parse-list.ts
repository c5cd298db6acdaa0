import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';
import type { OwnedFiles } from '#model/ownership.ts';
import { fileNameOf } from '../paths.ts';

const NEWLINE = 0x0a;
const TAB = 0x09;
const SLASH = 0x2f;
const SUFFIX = '.list';

/**
 * The paths of `/var/lib/dpkg/info/NAME.list` or `NAME:ARCHITECTURE.list`, one absolute path a line; in lists of opkg a tab
 * and the mode may follow. What is none of these names no file, so that nobody owns what it may have meant. Throws
 * `LIMIT_EXCEEDED`.
 */
export function parseList(bytes: Uint8Array, path: string, lines: 'paths' | 'paths and modes' = 'paths'): OwnedFiles {
  const files = new PathHashes();
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    if (end - start > 1 && bytes[start] === SLASH) {
      if (files.count === LIMITS.layerEntries) {
        throw limitExceeded(path, LIMITS.layerEntries, 'files of a package');
      }
      const tab = lines === 'paths' ? -1 : bytes.subarray(start, end).indexOf(TAB);
      files.add(bytes, start + 1, tab === -1 ? end : start + tab);
    }
    start = end + 1;
  }
  return { ...ownerOf(path, SUFFIX), files: files.toText() };
}

/** Whose list it is, by its path: `NAME.list` or `NAME:ARCHITECTURE.list`. */
export function ownerOf(path: string, suffix: string): Pick<OwnedFiles, 'package' | 'architecture'> {
  const [name = '', architecture] = fileNameOf(path).slice(0, -suffix.length).split(':', 2);
  return { package: name, ...(architecture === undefined ? {} : { architecture }) };
}
