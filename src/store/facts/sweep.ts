import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Every temporary file starts with this; no entry does. */
export const TEMPORARY_PREFIX = 'tmp-';

/** A writer that has not finished after an hour is dead. */
const LEFTOVER_MS = 3_600_000;

interface StoredFile {
  readonly path: string;
  readonly size: number;
  /** When it was written or last read, milliseconds UTC. */
  readonly used: number;
}

/**
 * Removes what dead writers left behind and, when the entries take more than `maxBytes`, the least recently used ones
 * until they take nine tenths of it. Returns what is left in bytes. Safe beside readers, writers and other sweeps: a file
 * that is open stays readable, and one that is gone already is no error.
 */
export async function sweep(folder: string, maxBytes: number, now: number): Promise<number> {
  const entries: StoredFile[] = [];
  for (const file of await listFiles(folder)) {
    if (!file.temporary) {
      entries.push(file);
    } else if (now - file.used > LEFTOVER_MS) {
      await remove(file.path);
    }
  }
  let total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total <= maxBytes) {
    return total;
  }
  for (const { path, size } of entries.toSorted((a, b) => a.used - b.used)) {
    if (total <= maxBytes * 0.9) {
      break;
    }
    await remove(path);
    total -= size;
  }
  return total;
}

async function listFiles(folder: string): Promise<readonly (StoredFile & { readonly temporary: boolean })[]> {
  const files: (StoredFile & { temporary: boolean })[] = [];
  for (const name of await namesIn(folder)) {
    if (!/^[0-9a-f]{2}$/.test(name)) {
      continue;
    }
    for (const file of await namesIn(join(folder, name))) {
      const path = join(folder, name, file);
      try {
        const { size, mtimeMs } = await stat(path);
        files.push({ path, size, used: mtimeMs, temporary: file.startsWith(TEMPORARY_PREFIX) });
      } catch (error) {
        ignoreMissing(error);
      }
    }
  }
  return files;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    ignoreMissing(error);
    return [];
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    ignoreMissing(error);
  }
}

/** Another process may have swept the same files away. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))) {
    throw error;
  }
}
