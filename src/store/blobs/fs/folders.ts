import { mkdir, open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BLOBS, UPLOADS } from '../keys.ts';
import { onDisk } from './failure.ts';

/** Makes entries of folders last: a name is on the disk only after its folder was synced. */
export class Folders {
  readonly #root: string;
  readonly #made = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Makes a folder below the root and syncs the one that it is in, the first time this process needs it: another one may have made it and died. */
  async make(folder: string): Promise<void> {
    if (this.#made.has(folder)) {
      return;
    }
    await onDisk(this.#root, async () => await mkdir(join(this.#root, folder), { recursive: true, mode: 0o700 }));
    await this.sync(dirname(folder));
    this.#made.add(folder);
  }

  /** Those that wait for the same folder share one sync, which begins after all of them have asked. */
  async sync(folder: string): Promise<void> {
    const running = this.#running.get(folder);
    if (running === undefined) {
      await this.#start(folder);
      return;
    }
    let next = this.#next.get(folder);
    if (next === undefined) {
      next = running.then(
        async () => await this.#follow(folder),
        async () => await this.#follow(folder),
      );
      this.#next.set(folder, next);
    }
    await next;
  }

  async #follow(folder: string): Promise<void> {
    this.#next.delete(folder);
    await this.#start(folder);
  }

  async #start(folder: string): Promise<void> {
    const sync = onDisk(this.#root, async () => await syncFolder(join(this.#root, folder))).finally(() => {
      this.#running.delete(folder);
    });
    this.#running.set(folder, sync);
    await sync;
  }
}

/** The root with the folders that are always there, all of them on the disk. The path without links. */
export async function prepareRoot(root: string): Promise<string> {
  return await onDisk(root, async () => {
    await makeSynced(root);
    for (const folder of [BLOBS, `${BLOBS}/sha256`, `${BLOBS}/sha512`, UPLOADS]) {
      await mkdir(join(root, folder), { recursive: true, mode: 0o700 });
    }
    await syncFolder(root);
    await syncFolder(join(root, BLOBS));
    return await realpath(root);
  });
}

async function makeSynced(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let made = folder; first !== undefined && made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
