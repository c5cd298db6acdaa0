import { LIMITS } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';
import { type Header, HeaderProblem, TAG } from './parse-header.ts';

/** The file is there: rpm also notes those that another package replaced, or that were not installed. */
const NORMAL = 0;
const SLASH = 0x2f;

/**
 * The files of a package: the name of each in its folder, and the number of the folder. Folders are read one after the other,
 * so that a long one is hashed once, however files alternate. Throws a `HeaderProblem`.
 */
export function ownedFiles(header: Header): PathHashes {
  const files = new PathHashes();
  const folderOf = header.numbers(TAG.dirIndexes);
  const states = header.bytes(TAG.fileStates);
  const names = [...header.strings(TAG.baseNames)];
  if (names.length !== folderOf.length || (states.length > 0 && states.length !== names.length)) {
    throw new HeaderProblem('expected a folder for each file, found more or fewer');
  }
  const byFolder = Map.groupBy(names.keys(), (index) => folderOf[index] ?? 0);
  let number = 0;
  for (const folder of header.strings(TAG.dirNames)) {
    const inFolder = byFolder.get(number) ?? [];
    byFolder.delete(number);
    number += 1;
    if (folder[0] !== SLASH || folder.at(-1) !== SLASH || folder.length > LIMITS.pathBytes) {
      continue;
    }
    files.startWith(folder.subarray(1));
    for (const index of inFolder) {
      if ((states[index] ?? NORMAL) === NORMAL) {
        files.add(names[index] ?? new Uint8Array());
      }
    }
  }
  if (byFolder.size > 0) {
    throw new HeaderProblem('expected a folder for each file, found more or fewer');
  }
  return files;
}
