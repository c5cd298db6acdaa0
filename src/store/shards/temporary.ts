import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const SUFFIX = '.partial';

/** A name beside `path` that no other process uses. */
export function temporaryPath(path: string): string {
  return `${path}.${process.pid}-${randomBytes(6).toString('hex')}${SUFFIX}`;
}

/** Puts a finished file in the place of `path`; after a crash there is the old file or the new one, whole. */
export async function replaceFile(temporary: string, path: string): Promise<void> {
  await syncFile(temporary);
  await rename(temporary, path);
  await syncFile(dirname(path));
}

/** Removes what a killed process left for this file, once nobody can be working on it any more. */
export async function sweepTemporary(path: string, olderThan: number): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    if (name.startsWith(`${basename(path)}.`) && name.endsWith(SUFFIX)) {
      const found = await stat(join(folder, name)).catch(() => null);
      if (found !== null && found.mtimeMs < olderThan) {
        await rm(join(folder, name), { recursive: true, force: true });
      }
    }
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
