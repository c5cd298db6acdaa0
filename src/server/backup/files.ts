import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createDigester, type Digest, type DigestAlgorithm } from '#base/digest.ts';

export interface WrittenFile {
  readonly digest: Digest;
  readonly bytes: number;
}

/** Writes a file that is there whole or not at all, and durable when this resolves; its folder is synced by the caller. */
export async function writeFileWhole(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  algorithm: DigestAlgorithm = 'sha256',
): Promise<WrittenFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.part`;
  const digester = createDigester(algorithm);
  let bytes = 0;
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      for await (const chunk of chunks) {
        digester.update(chunk);
        bytes += chunk.length;
        await writeAll(file, chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return { digest: digester.digest(), bytes };
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, at);
    at += bytesWritten;
  }
}

/** What was renamed into a folder is there after the power fails. */
export async function syncFolders(root: string): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => `${entry.parentPath}/${entry.name}`);
  for (const folder of [...folders, root]) {
    const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** The bytes of a file; null when there is none. */
export async function sizeOfFile(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.size ?? null;
}
