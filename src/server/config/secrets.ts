import { messageOf, quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { ServerConfigError } from './error.ts';

/** Where a secret is: `env:NAME` or `file:/PATH`. Never the secret. */
export type SecretReference = string & { readonly __secretReference: true };

type Environment = Readonly<Record<string, string | undefined>>;

export function isSecretReference(text: string): text is SecretReference {
  return /^env:[A-Za-z_][0-9A-Za-z_]{0,127}$/.test(text) || /^file:\/[^\0]{1,4095}$/.test(text);
}

/** The secret without a line break at its end. Throws `SERVER_SECRET_MISSING`, which says where it was looked for and nothing of what is there. */
export async function readSecret(reference: SecretReference, environment: Environment): Promise<string> {
  const place = reference.slice(reference.indexOf(':') + 1);
  const secret = reference.startsWith('env:') ? (environment[place] ?? '') : await readSecretFile(place);
  if (secret === '') {
    throw missing(reference, 'nothing');
  }
  return secret;
}

async function readSecretFile(path: string): Promise<string> {
  try {
    const bytes = await readFileBounded(path, LIMITS.passphraseBytes);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch (error) {
    throw missing(`file:${path}`, quote(messageOf(error)), error);
  }
}

function missing(reference: string, found: string, cause?: unknown): ServerConfigError {
  return new ServerConfigError('SERVER_SECRET_MISSING', 'the secret is not there', {
    object: reference,
    expected: reference.startsWith('env:') ? 'a variable that is set' : 'a file with the secret',
    found,
    cause,
  });
}
