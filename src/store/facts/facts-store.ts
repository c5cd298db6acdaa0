import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/clock.ts';
import { readFileBounded } from '#base/limits.ts';
import type { FactsKey, FactsStore } from '#model/ports.ts';
import { decodeEntry, encodeEntry, nameOf, overheadOf } from './entry.ts';
import { sweep, TEMPORARY_PREFIX } from './sweep.ts';

export interface FactsStoreOptions {
  /** What all entries together may take; the least recently used go first. */
  readonly maxBytes: number;
  readonly clock?: Clock;
}

/**
 * Layer facts as files below `folder`, which need not exist. Any number of processes may use it at once: an entry is
 * written under a temporary name and renamed, and one that is damaged or not what its name says reads as absent. A store
 * is a convenience: when the disk is full or read-only, facts are not kept and nothing else happens.
 */
export function openFactsStore(folder: string, options: FactsStoreOptions): FactsStore {
  return new FileFactsStore(folder, options);
}

class FileFactsStore implements FactsStore {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  /** What the entries took when they were last counted, and what this process has written since; null before the first count. */
  #bytes: number | null = null;
  #sweeping: Promise<void> | null = null;

  constructor(folder: string, { maxBytes, clock = systemClock }: FactsStoreOptions) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  async get(key: FactsKey): Promise<Uint8Array | null> {
    const path = this.#pathOf(key);
    try {
      const bytes = await readFileBounded(path, this.#maxBytes);
      const content = decodeEntry(key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      if (content !== null) {
        await this.#touch(path);
      }
      return content;
    } catch {
      // Not there, or not to be read: either way there are no facts.
      return null;
    }
  }

  async put(key: FactsKey, bytes: Uint8Array): Promise<void> {
    const size = bytes.length + overheadOf(key);
    if (size > this.#maxBytes) {
      return;
    }
    try {
      await this.#write(this.#pathOf(key), encodeEntry(key, bytes));
      this.#bytes = this.#bytes === null ? null : this.#bytes + size;
      await this.#makeRoom();
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) {
        throw error;
      }
    }
  }

  async #write(path: string, content: Buffer): Promise<void> {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, `${TEMPORARY_PREFIX}${process.pid}-${randomUUID()}`);
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(content);
      } finally {
        await file.close();
      }
      // The clock of the store, not that of the file system, says what is oldest.
      await this.#touch(temporary);
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  /** Counts on the first write and whenever this process has written past the limit; one sweep at a time. */
  async #makeRoom(): Promise<void> {
    if (this.#bytes !== null && this.#bytes <= this.#maxBytes) {
      return;
    }
    this.#sweeping ??= this.#sweep();
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    try {
      this.#bytes = await sweep(this.#folder, this.#maxBytes, this.#clock.now());
    } finally {
      this.#sweeping = null;
    }
  }

  async #touch(path: string): Promise<void> {
    const now = this.#clock.now() / 1000;
    // Another process may have swept it away, or the folder may be read-only: what was read is good all the same.
    await utimes(path, now, now).catch(() => undefined);
  }

  #pathOf(key: FactsKey): string {
    const name = nameOf(key);
    return join(this.#folder, name.slice(0, 2), name);
  }
}
