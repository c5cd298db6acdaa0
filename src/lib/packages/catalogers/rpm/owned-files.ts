import { DIGEST_HEAD } from '#base/content-hash.ts';
import { LIMITS } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';
import { type Header, HeaderProblem, TAG, type TextSpans } from './parse-header.ts';

/** The file is there: rpm also notes those that another package replaced, or that were not installed. */
const NORMAL = 0;
const SLASH = 0x2f;
const NONE = -1;
/** Hexadecimal digits of MD5, SHA-1 and SHA-256: files have these to be compared with, and no others. */
const DIGEST_CHARS: readonly number[] = [32, 40, 64];
const EMPTY = new Uint8Array();

/**
 * The files of a package: the name of each in its folder, and the number of the folder. They are taken folder by folder, so that
 * a long one is hashed once, however files alternate. `contents` are those with a digest, which folders and links have not.
 * Throws a `HeaderProblem`.
 */
export function ownedFiles(header: Header): { readonly files: PathHashes; readonly contents: PathHashes } {
  const files = new PathHashes();
  const contents = new PathHashes();
  const names = header.spans(TAG.baseNames);
  const states = header.bytes(TAG.fileStates);
  if (states.length > 0 && states.length !== header.count(TAG.baseNames)) {
    throw new HeaderProblem('expected a state of each file, found more or fewer');
  }
  const digests = digestsOf(header);
  const folders = header.spans(TAG.dirNames);
  for (const [number, inFolder] of filesByFolder(header).entries()) {
    const folder = textAt(folders, number);
    if (folder[0] !== SLASH || folder.at(-1) !== SLASH || folder.length > LIMITS.pathBytes) {
      continue;
    }
    files.startWith(folder.subarray(1));
    contents.startWith(folder.subarray(1));
    for (const index of inFolder) {
      if ((states[index] ?? NORMAL) === NORMAL) {
        const name = textAt(names, index);
        files.add(name);
        const digest = digests === null ? EMPTY : textAt(digests, index);
        if (DIGEST_CHARS.includes(digest.length) && name.length <= LIMITS.pathBytes) {
          contents.add(Buffer.concat([name, digest.subarray(0, DIGEST_HEAD)]));
        }
      }
    }
  }
  return { files, contents };
}

/** In hexadecimal digits; null where there are none, as in old packages. */
function digestsOf(header: Header): TextSpans | null {
  return header.count(TAG.fileDigests) === header.count(TAG.baseNames) ? header.spans(TAG.fileDigests) : null;
}

/** The numbers of files by the number of their folder. */
function filesByFolder(header: Header): readonly Iterable<number>[] {
  if (header.count(TAG.dirIndexes) !== header.count(TAG.baseNames)) {
    throw new HeaderProblem('expected a folder for each file, found more or fewer');
  }
  const folderOf = header.numbers(TAG.dirIndexes);
  const first = new Int32Array(header.count(TAG.dirNames)).fill(NONE);
  const next = new Int32Array(folderOf.length);
  for (let index = folderOf.length - 1; index >= 0; index -= 1) {
    const folder = folderOf[index] ?? 0;
    const follower = first[folder];
    if (follower === undefined) {
      throw new HeaderProblem('expected a folder for each file, found more or fewer');
    }
    next[index] = follower;
    first[folder] = index;
  }
  return Array.from(first, (start) => chain(start, next));
}

function* chain(start: number, next: Int32Array): Generator<number> {
  for (let index = start; index !== NONE; index = next[index] ?? NONE) {
    yield index;
  }
}

function textAt({ bytes, starts }: TextSpans, number: number): Uint8Array {
  return bytes.subarray(starts[number], (starts[number + 1] ?? 1) - 1);
}
