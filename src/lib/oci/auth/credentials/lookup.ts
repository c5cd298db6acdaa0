import { messageOf, quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { SourceAccess } from '../../images/options.ts';
import type { Credential } from '../credential.ts';
import { AuthError } from '../error.ts';
import { type CredentialFile, parseCredentialFile } from './file.ts';
import { askHelper } from './helper.ts';
import { helperServer, keysFor } from './keys.ts';

export interface Found {
  readonly credential: Credential;
  /** For messages: the file or program it is from. */
  readonly from: string;
}

/**
 * The credentials of the user's files for a repository: the first file that has any counts, in it the most specific key,
 * for a key its helper before what is written. Null when there are none.
 */
export async function findCredential(
  access: SourceAccess,
  registry: string,
  repository: string | null,
  signal: AbortSignal,
): Promise<Found | null> {
  const keys = keysFor(registry, repository);
  for (const path of access.credentialFiles) {
    const file = await readCredentialFile(path);
    for (const key of file === null ? [] : keys) {
      const found = file === null ? null : await lookUp(file, path, key, key === keys.at(-1), access, signal);
      if (found !== null) {
        return found;
      }
    }
  }
  return null;
}

async function lookUp(
  file: CredentialFile,
  path: string,
  key: string,
  isRegistry: boolean,
  { environment }: SourceAccess,
  signal: AbortSignal,
): Promise<Found | null> {
  const name = file.helpers.get(key) ?? (isRegistry ? file.store : '');
  const kept = name === '' ? null : await askHelper({ name, server: helperServer(key), environment, signal });
  if (kept !== null) {
    return { credential: kept, from: `docker-credential-${name} (named by ${path})` };
  }
  const written = file.credential(key);
  return written === null ? null : { credential: written, from: path };
}

async function readCredentialFile(path: string): Promise<CredentialFile | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readFileBounded(path, LIMITS.credentialFileBytes);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return null;
    }
    throw new AuthError('CREDENTIALS_FILE_INVALID', 'not a credential file', {
      object: path,
      expected: 'a file that can be read',
      found: quote(messageOf(error)),
      cause: error,
    });
  }
  return parseCredentialFile(bytes, path);
}
