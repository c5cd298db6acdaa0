import { DIGEST_HEAD } from '#base/content-hash.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';

const NEWLINE = 0x0a;
const BLANK = 0x20;
/** Hexadecimal digits of an MD5. */
const DIGEST_LENGTH = 32;
const FILE = Buffer.from('obj /');
const LINK = Buffer.from('sym /');
const ARROW = Buffer.from(' -> ');

export interface Contents {
  /** Files and links, relative to the root. */
  readonly files: PathHashes;
  /** Of files with an MD5, the path with its head behind it. */
  readonly contents: PathHashes;
}

/**
 * The paths in `CONTENTS`: `obj PATH MD5 TIME` and `sym PATH -> TARGET TIME`. Folders and what has another form own nothing.
 * Throws `LIMIT_EXCEEDED`.
 */
export function parseContents(bytes: Uint8Array, object: string): Contents {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const files = new PathHashes();
  const contents = new PathHashes();
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf(NEWLINE, start);
    const line = text.subarray(start, newline === -1 ? text.length : newline);
    const isFile = FILE.equals(line.subarray(0, FILE.length));
    const end = isFile ? endOfFile(line) : endOfLink(line);
    if (end > FILE.length) {
      if (files.count === LIMITS.layerEntries) {
        throw limitExceeded(object, LIMITS.layerEntries, 'files of a package');
      }
      files.add(line, FILE.length, end);
      if (isFile && line[end + 1 + DIGEST_LENGTH] === BLANK) {
        contents.startWith(line, FILE.length, end);
        contents.add(line, end + 1, end + 1 + DIGEST_HEAD);
      }
    }
    start += line.length + 1;
  }
  return { files, contents };
}

/** Paths may have blanks; the two words behind one have none. */
function endOfFile(line: Buffer): number {
  const time = line.lastIndexOf(BLANK);
  return time > 0 ? line.lastIndexOf(BLANK, time - 1) : -1;
}

function endOfLink(line: Buffer): number {
  return LINK.equals(line.subarray(0, LINK.length)) ? line.indexOf(ARROW) : -1;
}
