import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Digest, digestOf } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { OciError } from '../error.ts';
import type { FileSet } from '../files/file-set.ts';
import { blobPath, readStored } from '../images/blobs.ts';

const LOCK = 'index.json.lock';
const LOCK_TRIES = 200;
const LOCK_MS = 50;

/** The folder of an OCI layout as a place to write to; its path has no links left. */
export class LayoutWriter {
  readonly #root: string;
  readonly #files: FileSet;

  constructor(root: string, files: FileSet) {
    this.#root = root;
    this.#files = files;
  }

  /** Written under another name and renamed, so that whoever finds a blob finds the whole of it. */
  async putBlob(digest: Digest, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const path = join(this.#root, blobPath(digest));
    if (await this.#has(digest, bytes.length, signal)) {
      return;
    }
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      await this.#folder(dirname(path));
      await writeNew(temporary, bytes);
      await rename(temporary, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw unwritable(path, error);
    }
  }

  /**
   * Replaces index.json by what `change` makes of it, all at once. The new text is written into the lock file, which only
   * one can create, and that is renamed, as git does it: who dies before that has changed nothing, and is not taken for dead.
   */
  async changeIndex(change: (bytes: Uint8Array) => Promise<Uint8Array>, signal: AbortSignal): Promise<void> {
    const [index, lock] = [join(this.#root, 'index.json'), join(this.#root, LOCK)];
    const file = await this.#lock(lock, signal);
    try {
      const bytes = await change(await this.#index(signal));
      await writeWhole(file, bytes);
      await rename(lock, index);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(lock, { force: true }).catch(() => undefined);
      throw unwritable(index, error);
    }
    await syncFolder(this.#root);
  }

  async #index(signal: AbortSignal): Promise<Uint8Array> {
    const object = `index.json of ${this.#root}`;
    const file = await this.#files.find('index.json');
    if (file === null) {
      throw new OciError('NOT_AN_IMAGE', 'not an OCI image layout', { object, expected: 'a file', found: 'nothing' });
    }
    return await readStored(file, LIMITS.manifestBytes, object, signal);
  }

  async #lock(path: string, signal: AbortSignal): Promise<FileHandle> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await open(path, 'wx', 0o644);
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) {
          throw unwritable(path, error);
        }
        if (attempt === LOCK_TRIES) {
          throw new OciError('LAYOUT_LOCKED', 'the layout is being changed by another program', {
            object: path,
            expected: `no such file within ${(LOCK_TRIES * LOCK_MS) / 1000} s`,
            found: 'the file',
            hint: 'If no other program is at work there, one has ended before its time: delete this file and try again.',
            cause: error,
          });
        }
        await wait(LOCK_MS * (0.5 + Math.random()), undefined, { signal });
      }
    }
  }

  /** A blob that is damaged is written anew. */
  async #has(digest: Digest, size: number, signal: AbortSignal): Promise<boolean> {
    const file = await this.#files.find(blobPath(digest));
    return file?.size === size && digestOf(await readStored(file, size, `blob ${digest}`, signal)) === digest;
  }

  /** A link that leaves the layout would have us write anywhere. */
  async #folder(path: string): Promise<void> {
    await mkdir(path, { recursive: true });
    const real = await realpath(path);
    if (!real.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep)) {
      throw new OciError('ATTACH_REFUSED', 'a link leaves the folder', {
        object: path,
        expected: `a folder below ${this.#root}`,
        found: real,
      });
    }
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  await writeWhole(await open(path, 'wx', 0o644), bytes);
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is on disk when its folder is. Not every file system lets a folder be synchronised. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function unwritable(object: string, error: unknown): unknown {
  return error instanceof Error && 'code' in error && 'syscall' in error
    ? new OciError('ATTACH_REFUSED', 'cannot be written', {
        object,
        expected: 'a layout that can be written to',
        found: messageOf(error),
        cause: error,
      })
    : error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
