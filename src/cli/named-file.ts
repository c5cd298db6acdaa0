import { resolve } from 'node:path';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { Failure } from './failure.ts';

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file that the command line names, with its name for messages. Throws `USAGE` for a folder. */
export async function namedFile(path: string, limit: number = LIMITS.attachmentBlobBytes): Promise<NamedFile> {
  try {
    return { name: path, bytes: await readFileBounded(resolve(path), limit) };
  } catch (error) {
    // The system names every file that it cannot open, but not the folder that it opened and cannot read.
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') {
      throw new Failure('USAGE', 'not a file', { object: path, expected: 'a file', found: 'a folder', cause: error });
    }
    throw error;
  }
}
