import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { createDigester, type DigestAlgorithm, type Digester } from '#base/digest.ts';
import type { UploadPart } from '#model/platform/blob-store.ts';
import { ifThere, onDisk } from './failure.ts';

/** Chunks are written when they come to this. */
const WRITE_BYTES = 1024 * 1024;
/** Or are this many: a client that sends single bytes does not make us hold thousands of buffers. */
const WRITE_CHUNKS = 256;

/** So much may be on its way to the disk before it is told to begin: what a large blob waits for at its end is then short. */
const UNSYNCED_BYTES = 16 * 1024 * 1024;

const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** A new file that is hashed while it is written. At most two runs of chunks are held: one that gathers and one on its way to the disk. */
export class PartWriter {
  readonly #root: string;
  readonly #path: string;
  readonly #digester: Digester;
  #file: FileHandle | null = null;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  /** The disk reports what it could not write once, to whoever syncs next: what came of this is never passed over. */
  #syncing: Promise<void> = Promise.resolve();
  #unsynced = 0;
  #size = 0;

  /** The file is made when there is something to write, or at the end. */
  constructor(root: string, path: string, algorithm: DigestAlgorithm) {
    this.#root = root;
    this.#path = path;
    this.#digester = createDigester(algorithm);
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** Resolves when the next chunk may come. The chunk must not change afterwards. */
  write(chunk: Uint8Array): Promise<void> | void {
    if (chunk.length === 0) {
      return;
    }
    // Chunk by chunk as they come, tens of microseconds each: the event loop serves others in between.
    this.#digester.update(chunk);
    this.#size += chunk.length;
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes >= WRITE_BYTES || this.#gathered.length >= WRITE_CHUNKS) {
      return this.#flush();
    }
  }

  /** Everything is on the disk when this resolves, and what `besides` does to the folder meanwhile: the two share what the disk has to wait for. */
  async finish(besides: () => Promise<void>): Promise<Pick<UploadPart, 'digest' | 'size'>> {
    await this.#flush();
    await this.#writing;
    await this.#syncing;
    await Promise.all([onDisk(this.#root, async () => await this.#file?.datasync()), besides()]);
    await onDisk(this.#root, async () => await this.#file?.close());
    return { digest: this.#digester.digest(), size: this.#size };
  }

  /** Leaves nothing behind, also after an error of any kind. */
  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#syncing.catch(() => undefined);
    if (this.#file !== null) {
      await this.#file.close().catch(() => undefined);
      await ifThere(this.#root, async () => await unlink(this.#path));
    }
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const chunks = this.#gathered;
    const bytes = this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#writing = onDisk(this.#root, async () => {
      this.#file ??= await open(this.#path, FLAGS, 0o600);
      await writeAll(this.#file, chunks, bytes);
      await this.#beginSync(this.#file, bytes);
    });
    // Whoever comes next awaits it and gets the error; until then nobody does.
    this.#writing.catch(() => undefined);
  }

  async #beginSync(file: FileHandle, bytes: number): Promise<void> {
    this.#unsynced += bytes;
    if (this.#unsynced >= UNSYNCED_BYTES) {
      this.#unsynced = 0;
      await this.#syncing;
      this.#syncing = file.datasync();
      this.#syncing.catch(() => undefined);
    }
  }
}

async function writeAll(file: FileHandle, chunks: readonly Uint8Array[], bytes: number): Promise<void> {
  let rest = chunks;
  let left = bytes;
  while (left > 0) {
    const { bytesWritten } = await file.writev(rest);
    left -= bytesWritten;
    rest = left === 0 ? [] : after(rest, bytesWritten);
  }
}

/** What is left of chunks when a disk took only so many bytes. */
function after(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skip = bytes;
  return chunks.flatMap((chunk) => {
    const from = Math.min(skip, chunk.length);
    skip -= from;
    return from === chunk.length ? [] : [chunk.subarray(from)];
  });
}
