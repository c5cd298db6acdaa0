import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { type Members, membersOf, parseSecretObject, textOf } from '#base/json/members.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { Config } from '../config.ts';
import { Failure } from '../failure.ts';

/** Who somebody is at one server. */
export interface ServerCredential {
  readonly username: string;
  readonly password: string;
}

/** What is kept: credentials by the origin that they are for, and where one logged in last. */
export interface CredentialStore {
  readonly current: string | null;
  readonly servers: ReadonlyMap<string, ServerCredential>;
}

/** `$XDG_CONFIG_HOME/plimsoll/credentials.json`, else below `~/.config`. */
export function credentialPath({ environment }: Pick<Config, 'environment'>): string {
  const named = environment['XDG_CONFIG_HOME'];
  const home = environment['HOME'] ?? '';
  const folder = named?.startsWith('/') === true ? named : join(home === '' ? userInfo().homedir : home, '.config');
  return join(folder, 'plimsoll/credentials.json');
}

/** Empty when there is no file. Throws `CREDENTIAL_STORE_UNUSABLE` also for one that others may read. */
export async function readCredentials(path: string): Promise<CredentialStore> {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    return { current: null, servers: new Map() };
  }
  if ((found.mode & 0o077) !== 0) {
    throw unusable(path, 'a file of mode 0600', `mode 0${(found.mode & 0o777).toString(8)}`, `chmod 600 ${path}`);
  }
  const bytes = await readFileBounded(path, LIMITS.credentialStoreBytes);
  const document = parseSecretObject(bytes, path, (what) => unusable(path, 'a JSON object', what));
  const servers = new Map<string, ServerCredential>();
  for (const [origin, value] of membersOf(document.get('servers')) ?? new Map<string, unknown>()) {
    servers.set(origin, credentialOf(membersOf(value), path));
  }
  return { current: textOf(document, 'current'), servers };
}

/** Keeps a credential and makes its server the current one. The file is new or replaced as a whole, for its owner alone. */
export async function keepCredential(path: string, origin: string, credential: ServerCredential): Promise<void> {
  const { servers } = await readCredentials(path);
  const all = Object.fromEntries([...servers, [origin, credential]]);
  await writePrivate(path, `${JSON.stringify({ current: origin, servers: all }, null, 2)}\n`);
}

/** A file that only its owner may read, there as a whole or not at all. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function credentialOf(members: Members | null, path: string): ServerCredential {
  const username = members === null ? null : textOf(members, 'username');
  const password = members === null ? null : textOf(members, 'password');
  if (username === null || password === null) {
    throw unusable(path, 'username and password for each server', 'something else');
  }
  return { username, password };
}

function unusable(object: string, expected: string, found: string, hint = 'Remove it and log in again.'): Failure {
  return new Failure('CREDENTIAL_STORE_UNUSABLE', 'the kept credentials cannot be used', {
    object,
    expected,
    found,
    hint,
  });
}
