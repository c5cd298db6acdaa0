import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { membersOf, parseSecretObject } from '#base/json/members.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { Config } from '../config.ts';
import { Failure } from '../failure.ts';
import { type ServerCredential, writePrivate } from './credential-store.ts';

/** Where docker, skopeo, oras and cosign look: `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`. */
export function dockerConfigPath({ environment }: Pick<Config, 'environment'>): string {
  const home = environment['HOME'] ?? '';
  const named = environment['DOCKER_CONFIG'] ?? '';
  return join(named === '' ? join(home === '' ? userInfo().homedir : home, '.docker') : named, 'config.json');
}

/** Adds a credential for the registry of a server, and leaves everything else in the file as it is. */
export async function keepForDocker(path: string, origin: string, credential: ServerCredential): Promise<void> {
  const isThere = (await stat(path).catch(() => null)) !== null;
  const fail = (found: string): Failure =>
    new Failure('CREDENTIAL_STORE_UNUSABLE', "docker's configuration cannot be used", {
      object: path,
      expected: 'a JSON object',
      found,
    });
  const document = isThere
    ? parseSecretObject(await readFileBounded(path, LIMITS.credentialFileBytes), path, fail)
    : new Map<string, unknown>();
  const auth = Buffer.from(`${credential.username}:${credential.password}`).toString('base64');
  const auths = Object.fromEntries([...(membersOf(document.get('auths')) ?? []), [new URL(origin).host, { auth }]]);
  const text = JSON.stringify({ ...Object.fromEntries(document), auths }, null, 2);
  await writePrivate(path, `${text}\n`);
}
