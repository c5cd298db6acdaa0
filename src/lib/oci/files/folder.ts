import { opendir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { OciError } from '../error.ts';
import type { ListableFiles, StoredFile } from './file-set.ts';
import { openRegularFile, readRange, resolvePath } from './open-file.ts';

/** A folder whose links are resolved. Files are found by names that come from digests and constants only. */
export function openFolder(root: string): ListableFiles {
  return {
    object: root,
    find: (path) => findInFolder(root, path),
    list: (folder) => listFolder(join(root, folder)),
    close: () => Promise.resolve(),
  };
}

async function findInFolder(root: string, path: string): Promise<StoredFile | null> {
  const object = join(root, path);
  const resolved = await resolvePath(object, object);
  if (resolved === null) {
    return null;
  }
  // A link inside the layout is how some tools store a blob once; one that leaves it would read any file of this machine.
  if (!resolved.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new OciError('SOURCE_UNREADABLE', 'a link leaves the folder', {
      object,
      expected: `a file below ${root}`,
      found: resolved,
    });
  }
  const { handle, size } = await openRegularFile(resolved, object);
  await handle.close();
  return { size, open: (signal) => readWhole(resolved, size, object, signal) };
}

async function listFolder(path: string): Promise<readonly string[]> {
  const folder = await opendir(path).catch(() => null);
  const names: string[] = [];
  for await (const { name } of folder ?? []) {
    names.push(name);
    if (names.length > LIMITS.archiveEntries) {
      throw limitExceeded(path, LIMITS.archiveEntries, 'files');
    }
  }
  return names;
}

async function* readWhole(
  path: string,
  size: number,
  object: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { handle, size: found } = await openRegularFile(path, object);
  try {
    if (found !== size) {
      throw new OciError('SOURCE_UNREADABLE', 'changed while it was being read', {
        object,
        expected: `${size} bytes`,
        found: `${found} bytes`,
      });
    }
    yield* readRange(handle, 0, size, object, signal);
  } finally {
    await handle.close();
  }
}
