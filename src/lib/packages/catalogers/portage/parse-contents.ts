import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';

const NEWLINE = 0x0a;
const BLANK = 0x20;
const FILE = Buffer.from('obj /');
const LINK = Buffer.from('sym /');
const ARROW = Buffer.from(' -> ');

/**
 * The paths in `CONTENTS`: `obj PATH CHECKSUM TIME` and `sym PATH -> TARGET TIME`. Folders and what has another form own
 * nothing. Throws `LIMIT_EXCEEDED`.
 */
export function parseContents(bytes: Uint8Array, object: string): PathHashes {
  const contents = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const files = new PathHashes();
  for (let start = 0; start < contents.length; ) {
    const newline = contents.indexOf(NEWLINE, start);
    const line = contents.subarray(start, newline === -1 ? contents.length : newline);
    const end = endOfPath(line);
    if (end > FILE.length) {
      if (files.count === LIMITS.layerEntries) {
        throw limitExceeded(object, LIMITS.layerEntries, 'files of a package');
      }
      files.add(line, FILE.length, end);
    }
    start += line.length + 1;
  }
  return files;
}

/** Paths may have blanks; what follows them has none, but for the targets of links. -1 for a line of another form. */
function endOfPath(line: Buffer): number {
  const kind = line.subarray(0, FILE.length);
  if (LINK.equals(kind)) {
    return line.indexOf(ARROW);
  }
  const time = line.lastIndexOf(BLANK);
  return FILE.equals(kind) && time > 0 ? line.lastIndexOf(BLANK, time - 1) : -1;
}
