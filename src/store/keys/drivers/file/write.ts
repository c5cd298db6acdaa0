import { randomUUID } from 'node:crypto';
import { link, lstat, rename, rm, writeFile } from 'node:fs/promises';
import { KeyError } from '../../error.ts';
import type { KeyPair } from './generate.ts';

/** `release.key` and `release.pub` for `release`. */
export function keyFilePaths(prefix: string): { readonly privateKey: string; readonly publicKey: string } {
  return { privateKey: `${prefix}.key`, publicKey: `${prefix}.pub` };
}

/**
 * Writes both halves, the private one for its owner alone (mode 0600). Either file appears whole or not at all. Throws
 * `KEY_FILE_EXISTS` where one of them is there, unless told to overwrite, and the system's error.
 */
export async function writeKeyPair(
  { privatePem, publicPem }: KeyPair,
  prefix: string,
  { overwrite }: { readonly overwrite: boolean },
): Promise<void> {
  const paths = keyFilePaths(prefix);
  if (!overwrite) {
    await assertAbsent(paths.privateKey);
    await assertAbsent(paths.publicKey);
  }
  await place(paths.privateKey, privatePem, 0o600, overwrite);
  try {
    await place(paths.publicKey, publicPem, 0o644, overwrite);
  } catch (error) {
    if (!overwrite) {
      await rm(paths.privateKey, { force: true });
    }
    throw error;
  }
}

async function assertAbsent(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found !== null) {
    throw exists(path);
  }
}

/** A link fails where there is a file already, even one that came this instant; a rename replaces it. */
async function place(path: string, text: string, mode: number, overwrite: boolean): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx', mode, flush: true });
    await (overwrite ? rename(temporary, path) : link(temporary, path));
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'EEXIST' ? exists(path, error) : error;
  } finally {
    await rm(temporary, { force: true });
  }
}

function exists(path: string, cause?: Error): KeyError {
  return new KeyError('KEY_FILE_EXISTS', 'there is a file already', {
    object: path,
    expected: 'no file',
    found: 'one, which may be the only copy of a key',
    hint: 'Choose another --output-prefix, or --force to overwrite it.',
    cause,
  });
}
