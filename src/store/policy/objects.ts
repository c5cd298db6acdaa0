import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, digestOf, hexOf, isDigest } from '#base/digest.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';

const TEMPORARY_PREFIX = 'tmp-';

/** A file under the digest of its content. */
export interface StoredObject {
  readonly digest: Digest;
  /** When it was last put there, milliseconds UTC. */
  readonly put: number;
}

/** Texts under their digests: `<two digits>/<64 digits>` below a folder that need not exist. What does not have its digest is not there. */
export class Objects {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Null for what is not there, is damaged or too large. */
  async get(digest: Digest): Promise<string | null> {
    const bytes = await readOrNull(this.#path(digest));
    return bytes !== null && digestOf(bytes) === digest ? Buffer.from(bytes).toString('utf8') : null;
  }

  /** On the disk when this returns; a damaged one is replaced. Throws the system's error. */
  async put(digest: Digest, text: string, now: number): Promise<void> {
    const path = this.#path(digest);
    if ((await this.get(digest)) === null) {
      await writeDurably(path, text);
    }
    // What was there already, too, so that nobody who cleans up takes it for old.
    await utimes(path, now / 1000, now / 1000);
  }

  async *list(): AsyncGenerator<StoredObject> {
    for (const prefix of await namesIn(this.#root)) {
      for (const name of await namesIn(join(this.#root, prefix))) {
        const digest = `sha256:${name}`;
        const found = isDigest(digest) ? await stat(join(this.#root, prefix, name)).catch(() => null) : null;
        if (isDigest(digest) && found !== null && name.startsWith(prefix)) {
          yield { digest, put: found.mtimeMs };
        }
      }
    }
  }

  async remove(digest: Digest): Promise<void> {
    await unlink(this.#path(digest)).catch(() => undefined);
  }

  #path(digest: Digest): string {
    const hex = hexOf(digest);
    return join(this.#root, hex.slice(0, 2), hex);
  }
}

/** A file that appears whole or not at all, and is there after the power fails. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `${TEMPORARY_PREFIX}${process.pid}-${randomUUID()}`);
  try {
    await writeAndSync(await open(temporary, 'wx', 0o600), text);
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function writeAndSync(file: FileHandle, text: string): Promise<void> {
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Null for what cannot be read, whatever the reason: it is not there for us. */
export async function readOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return await readFileBounded(path, LIMITS.policyObjectBytes);
  } catch {
    return null;
  }
}

/** Sorted; none for what is no folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith(TEMPORARY_PREFIX)).toSorted();
}
