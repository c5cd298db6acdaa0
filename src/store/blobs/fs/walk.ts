import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredItem } from '#model/platform/blob-store.ts';
import { BLOBS, UPLOADS } from '../keys.ts';
import { ifThere, onDisk } from './failure.ts';

/** Ours are three deep; what else lies there may be deeper, but not without end. */
const MAX_DEPTH = 16;

/** Every file below the two folders, one folder at a time. Links and devices are neither followed nor listed. */
export async function* walk(root: string, signal: AbortSignal | undefined): AsyncGenerator<StoredItem> {
  yield* walkFolder(root, UPLOADS, 'part', 1, signal);
  yield* walkFolder(root, BLOBS, 'blob', 1, signal);
}

async function* walkFolder(
  root: string,
  folder: string,
  kind: StoredItem['kind'],
  depth: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredItem> {
  for await (const entry of entries(root, folder)) {
    signal?.throwIfAborted();
    const key = `${folder}/${entry.name}`;
    if (entry.isDirectory() && depth < MAX_DEPTH) {
      yield* walkFolder(root, key, kind, depth + 1, signal);
    } else if (entry.isFile()) {
      const found = await ifThere(root, async () => await lstat(join(root, key)));
      if (found !== null) {
        yield { kind, key, size: found.size, modified: Math.floor(found.mtimeMs) };
      }
    }
  }
}

/** Of a folder that may be gone by now. */
async function* entries(root: string, folder: string): AsyncGenerator<Dirent> {
  const opened = await ifThere(root, async () => await opendir(join(root, folder), { bufferSize: 256 }));
  if (opened === null) {
    return;
  }
  try {
    for (;;) {
      const entry = await onDisk(root, async () => await opened.read());
      if (entry === null) {
        return;
      }
      yield entry;
    }
  } finally {
    await opened.close();
  }
}
