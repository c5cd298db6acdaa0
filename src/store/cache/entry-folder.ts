import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { LIMITS } from '#base/limits.ts';
import type { CacheKind } from '#model/cache.ts';
import { type EntryKey, keyBytes, nameOf, openSealed, sealOf } from './entry.ts';
import { blocksOf, discard, hasCode, makeFolder, openEntryFile, readEntryFile, TEMPORARY_PREFIX } from './files.ts';
import { sweep } from './prune.ts';
import { addToTally } from './tally.ts';

/** A use is noted when the last one noted is this long ago: reading costs no write, and the order is right to the hour. */
const NOTED_MS = 3_600_000;

/** The entries of all kinds, as files `<kind>/<two digits>/<64 digits>` below a folder that need not exist. */
export class EntryFolder {
  readonly #root: string;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  #sweeping: Promise<void> | null = null;

  constructor(root: string, maxBytes: number, clock: Clock) {
    this.#root = root;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  /** The content; null when it is not there or not to be read. What is there and is not the entry goes, so that it is made again. */
  async get(key: EntryKey): Promise<Uint8Array | null> {
    const bytes = keyBytes(key);
    const name = nameOf(bytes);
    const path = join(this.#root, key.kind, name.slice(0, 2), name);
    try {
      const content = await this.#read(path, bytes);
      if (content === 'damaged') {
        await discard(path);
      }
      return content === 'damaged' ? null : content;
    } catch {
      return null;
    }
  }

  async #read(path: string, key: Buffer): Promise<Buffer | null | 'damaged'> {
    let file: FileHandle | null;
    try {
      file = await openEntryFile(path);
    } catch (error) {
      // A link or a socket. Anything else, too many open files for one, says nothing about the entry.
      return hasCode(error, 'ELOOP', 'ENXIO') ? 'damaged' : null;
    }
    if (file === null) {
      return null;
    }
    try {
      const found = await readEntryFile(file);
      const content = found === null ? null : openSealed(key, found.bytes);
      if (found === null || content === null) {
        return 'damaged';
      }
      await this.#noteUse(file, found.used);
      return content;
    } finally {
      await file.close();
    }
  }

  async #noteUse(file: FileHandle, noted: number): Promise<void> {
    const now = this.#clock.now();
    if (Math.abs(now - noted) >= NOTED_MS) {
      // The folder may be another user's, or read-only: what was read is good all the same.
      await file.utimes(now / 1000, now / 1000).catch(() => undefined);
    }
  }

  /** Keeps the content, if that can be done: not when it is too large, the disk is full, or the folder cannot be written to. */
  async put(key: EntryKey, content: Uint8Array): Promise<void> {
    const bytes = keyBytes(key);
    const seal = sealOf(bytes, content);
    const size = seal.length + content.length;
    if (blocksOf(size) > this.#maxBytes || size > LIMITS.cacheEntryBytes) {
      return;
    }
    try {
      await this.#write(key.kind, nameOf(bytes), [seal, content]);
      const estimate = await addToTally(this.#root, blocksOf(size));
      if (estimate === null || estimate > this.#maxBytes) {
        await this.#makeRoom();
      }
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) {
        throw error;
      }
    }
  }

  async #write(kind: CacheKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    const folder = await makeFolder(this.#root, kind, name.slice(0, 2));
    const temporary = join(folder, `${TEMPORARY_PREFIX}${process.pid}-${randomUUID()}`);
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        for (const part of parts) {
          await file.writeFile(part);
        }
      } finally {
        await file.close();
      }
      // The clock of the cache, not that of the file system, says what is oldest.
      const now = this.#clock.now() / 1000;
      await utimes(temporary, now, now);
      await rename(temporary, join(folder, name));
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  /** One at a time in this process; others may be at it too. */
  async #makeRoom(): Promise<void> {
    this.#sweeping ??= sweep(this.#root, this.#maxBytes, this.#clock.now()).finally(() => {
      this.#sweeping = null;
    });
    await this.#sweeping;
  }
}
