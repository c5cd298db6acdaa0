import { join } from 'node:path';
import { messageOf, quote } from '../error.ts';
import { LIMITS, readFileBounded } from '../limits.ts';
import { cloudInvalid } from './error.ts';
import type { AwsKeys } from './sigv4.ts';
import { variableOf } from './token.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The keys that the environment holds; null when it holds none. */
export function awsKeysOf(environment: Environment): AwsKeys | null {
  return keysFrom((name) => variableOf(environment, name.toUpperCase()));
}

/**
 * The keys that the user's credentials file has for `AWS_PROFILE` (`~/.aws/credentials`, or `AWS_SHARED_CREDENTIALS_FILE`); null
 * when there is no file, or nothing in it for that profile. Programs and logins that it may name instead are not run. Throws
 * `CLOUD_CREDENTIALS_INVALID` for a file that cannot be read.
 */
export async function readAwsProfile(environment: Environment): Promise<AwsKeys | null> {
  const home = variableOf(environment, 'HOME');
  const path =
    variableOf(environment, 'AWS_SHARED_CREDENTIALS_FILE') ??
    (home === null ? null : join(home, '.aws', 'credentials'));
  const profile = variableOf(environment, 'AWS_PROFILE') ?? 'default';
  const text = path === null ? null : await readText(path);
  const settings = text === null ? new Map<string, string>() : settingsIn(text, profile);
  return keysFrom((name) => settings.get(name) ?? null);
}

function keysFrom(value: (name: string) => string | null): AwsKeys | null {
  const accessKeyId = value('aws_access_key_id');
  const secretAccessKey = value('aws_secret_access_key');
  return accessKeyId === null || secretAccessKey === null
    ? null
    : { accessKeyId, secretAccessKey, sessionToken: value('aws_session_token') };
}

async function readText(path: string): Promise<string | null> {
  try {
    return Buffer.from(await readFileBounded(path, LIMITS.credentialFileBytes)).toString('utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return null;
    }
    throw cloudInvalid(path, 'a credentials file that can be read', quote(messageOf(error)), error);
  }
}

/** `name = value` below `[profile]`; of lines that say the same twice the last counts, as with AWS's own tools. */
function settingsIn(text: string, profile: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  let isInside = false;
  for (const line of text.split('\n').map((untrimmed) => untrimmed.trim())) {
    const equals = line.indexOf('=');
    const value = line.slice(equals + 1).trim();
    if (line.startsWith('[')) {
      isInside = line.slice(1, -1).trim() === profile && line.endsWith(']');
    } else if (isInside && equals > 0 && value !== '' && !line.startsWith('#') && !line.startsWith(';')) {
      settings.set(line.slice(0, equals).trim().toLowerCase(), value);
    }
  }
  return settings;
}
