import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { messageOf, quote } from '#base/error.ts';
import { ServerConfigError } from './error.ts';
import type { SourcesConfig } from './model.ts';
import { isSecretReference, readSecret } from './secrets.ts';

type Places = Pick<SourcesConfig, 'secrets' | 'variables'>;

/**
 * What a document should name in the place of this reference; null when it may name it. Whoever may write documents may not have any file or variable
 * of the server sent to a registry of theirs.
 */
export function otherSecretThan(reference: string, { secrets, variables }: Places): string | null {
  const place = reference.slice(reference.indexOf(':') + 1);
  if (!isSecretReference(reference)) {
    return 'env:NAME or file:/PATH';
  }
  if (reference.startsWith('env:')) {
    return place.startsWith(variables) ? null : `a variable whose name begins with ${variables}`;
  }
  return resolve(place).startsWith(`${secrets}${sep}`)
    ? null
    : 'a file in the folder of the server for secrets of sources';
}

/** A secret that a document names. Throws `SERVER_SECRET_REFUSED` and `SERVER_SECRET_MISSING`. */
export async function readDocumentSecret(
  reference: string,
  places: Places,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const expected = otherSecretThan(reference, places);
  if (expected !== null || !isSecretReference(reference)) {
    throw refused(reference, expected ?? 'a secret');
  }
  if (reference.startsWith('env:')) {
    return await readSecret(reference, environment);
  }
  const [folder, file] = await Promise.all([places.secrets, resolve(reference.slice('file:'.length))].map(real));
  const resolved = `file:${file}`;
  if (file?.startsWith(`${folder}${sep}`) !== true || !isSecretReference(resolved)) {
    throw refused(reference, 'a file in the folder for secrets of sources, and no link that leads out of it');
  }
  return await readSecret(resolved, environment);
}

async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw new ServerConfigError('SERVER_SECRET_MISSING', 'the secret of a source is not there', {
      object: path,
      found: quote(messageOf(error)),
      cause: error,
    });
  }
}

function refused(reference: string, expected: string): ServerConfigError {
  return new ServerConfigError('SERVER_SECRET_REFUSED', 'not a secret that documents may name', {
    object: 'credentials of a source',
    expected,
    found: quote(reference),
    hint: 'plimsoll.yaml says where these are: sources > secrets and sources > variables.',
  });
}
