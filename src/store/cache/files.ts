import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS } from '#base/limits.ts';
import { CACHE_KINDS, type CacheKind } from '#model/cache.ts';

/** Every temporary file starts with this; no entry does. */
export const TEMPORARY_PREFIX = 'tmp-';

const BLOCK_BYTES = 4096;

/** The last that a Date can hold (ECMA-262, 21.4.1.1); some file systems go further. */
const LAST_INSTANT = 8.64e15;

/** What a file takes on a disk, so that many small ones cannot fill it below the limit. */
export function blocksOf(size: number): number {
  return Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
}

/** Never through a link out of the cache, and never waiting for the other end of a pipe. */
export const OPEN_FLAGS = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** All bytes of an entry's file; null for a folder, a device, or a file that no entry could be. */
export async function readEntryFile(
  file: FileHandle,
): Promise<{ readonly bytes: Buffer; readonly used: number } | null> {
  const found = await file.stat();
  if (!found.isFile() || found.size > LIMITS.cacheEntryBytes) {
    return null;
  }
  const bytes = Buffer.allocUnsafeSlow(found.size);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) {
      break;
    }
    length += bytesRead;
  }
  return { bytes: bytes.subarray(0, length), used: found.mtimeMs };
}

/** Opens an entry and hands it over; null when nothing is there. */
export async function openEntryFile(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | OPEN_FLAGS);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
      return null;
    }
    throw error;
  }
}

/** What stands at a place of the cache, whatever it is; gone already is as good. A link is removed, not what it leads to. */
export async function discard(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

/** Makes the folder of an entry. A file or a link in the place of one of ours is put out of the way. */
export async function makeFolder(root: string, kind: CacheKind, prefix: string): Promise<string> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const ofKind = join(root, kind);
  const folder = join(ofKind, prefix);
  for (const path of [ofKind, folder]) {
    if (!(await isOrBecomesFolder(path))) {
      await discard(path);
      await isOrBecomesFolder(path);
    }
  }
  return folder;
}

async function isOrBecomesFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) {
      throw error;
    }
    return (await lstat(path)).isDirectory();
  }
}

/** Something below the folder of a kind that has the place or the name of one of our files. */
export interface CacheFile {
  readonly path: string;
  readonly kind: CacheKind;
  readonly name: string;
  /** `misfit` has the name of an entry and is a folder, a link or a device. */
  readonly is: 'entry' | 'temporary' | 'misfit';
  /** In whole blocks. */
  readonly bytes: number;
  /** When it was last used, milliseconds UTC. */
  readonly used: number;
}

/** All there is, one folder at a time. Files under names that are not ours are not listed. */
export async function* listCache(root: string): AsyncGenerator<CacheFile> {
  for (const kind of CACHE_KINDS) {
    for (const prefix of await foldersIn(join(root, kind))) {
      const folder = join(root, kind, prefix);
      const files = await Promise.all(
        (await namesIn(folder)).map((name) => look(kind, prefix, join(folder, name), name)),
      );
      yield* files.filter((file) => file !== null);
    }
  }
}

async function look(kind: CacheKind, prefix: string, path: string, name: string): Promise<CacheFile | null> {
  const temporary = name.startsWith(TEMPORARY_PREFIX);
  if (!temporary && !(name.startsWith(prefix) && /^[0-9a-f]{64}$/.test(name))) {
    return null;
  }
  try {
    const found = await lstat(path);
    const is = temporary ? 'temporary' : found.isFile() ? 'entry' : 'misfit';
    return { path, kind, name, is, bytes: blocksOf(found.size), used: Math.min(found.mtimeMs, LAST_INSTANT) };
  } catch (error) {
    ignoreMissing(error);
    return null;
  }
}

/** A link in the place of a folder is none of ours. */
async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    return found.filter((item) => item.isDirectory() && /^[0-9a-f]{2}$/.test(item.name)).map((item) => item.name);
  } catch (error) {
    ignoreMissing(error);
    return [];
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    ignoreMissing(error);
    return [];
  }
}

/** Another process may have removed the same file; a file where a folder belongs holds no entries. */
function ignoreMissing(error: unknown): void {
  if (!hasCode(error, 'ENOENT', 'ENOTDIR')) {
    throw error;
  }
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
