import { resolve } from 'node:path';
import { LIMITS, readFileBounded } from '#base/limits.ts';

/** A file that the command line names, with its name for messages. */
export async function namedFile(
  path: string,
  limit: number = LIMITS.attachmentBlobBytes,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  return { name: path, bytes: await readFileBounded(resolve(path), limit) };
}
