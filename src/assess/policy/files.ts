import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '#base/compare.ts';
import { LIMITS, limitExceeded, readFileBounded } from '#base/limits.ts';
import { type FolderFile, isDocumentFile } from '#lib/policy/index.ts';

/** Folders inside each other. */
const MAX_DEPTH = 16;
/** Entries that are looked at, files of other kinds among them. */
const MAX_ENTRIES = 65_536;

/**
 * The files of documents in these files and folders (absolute), with their paths: a file as it is, whatever its name; of a folder and those
 * in it the `*.yaml` and `*.yml`, sorted, without cases of tests and hidden files. Links to files are followed, those to folders not. Throws
 * what the system says of what cannot be read, and `LIMIT_EXCEEDED`.
 */
export async function readPolicyPaths(paths: readonly string[]): Promise<readonly FolderFile[]> {
  const files: string[] = [];
  for (const path of paths) {
    const folder = (await stat(path)).isDirectory();
    files.push(...(folder ? await filesIn(path, isDocumentFile) : [path]));
  }
  return await readFiles([...new Set(files)]);
}

/** Paths of the files of a folder and those in it whose names fit, sorted. */
export async function filesIn(folder: string, fits: (name: string) => boolean): Promise<readonly string[]> {
  const found: string[] = [];
  let entries = 0;
  const walk = async (path: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH) {
      throw limitExceeded(path, MAX_DEPTH, 'folders inside each other');
    }
    for await (const entry of await opendir(path)) {
      entries += 1;
      if (entries > MAX_ENTRIES) {
        throw limitExceeded(folder, MAX_ENTRIES, 'entries');
      }
      const inside = join(path, entry.name);
      if (entry.name.startsWith('.')) {
        continue;
      }
      if (entry.isDirectory()) {
        await walk(inside, depth + 1);
      } else if (fits(entry.name) && (entry.isFile() || (await stat(inside)).isFile())) {
        found.push(inside);
      }
    }
  };
  await walk(folder, 1);
  return found.toSorted(compareText);
}

/** With their bytes; as many and as large as a folder of policies may be. */
async function readFiles(paths: readonly string[]): Promise<readonly FolderFile[]> {
  if (paths.length > LIMITS.policyFiles) {
    throw limitExceeded('a folder of policies', LIMITS.policyFiles, 'files', paths.length);
  }
  const files: FolderFile[] = [];
  for (const path of paths) {
    files.push({ path, bytes: await readFileBounded(path, LIMITS.policyFileBytes) });
  }
  return files;
}
