import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf, quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { LogLevel } from '#base/log.ts';
import { isLoopback, parseAddress } from './address.ts';
import { completeConfig, type Surroundings } from './complete.ts';
import { ServerConfigError } from './error.ts';
import type { ServerConfig } from './model.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export interface ConfigRequest {
  /** The file that the command line names; null for none. */
  readonly file: string | null;
  /** The data folder, for a configuration that names none. */
  readonly home: string;
  /** What the cache may take, for a configuration that does not say. */
  readonly cacheBytes: number;
}

/**
 * The configuration: the file that is named, else that of `PLIMSOLL_CONFIG`, else `plimsoll.yaml` in the data folder if it is there, else
 * what holds without one. `PLIMSOLL_LISTEN` takes the place of all listeners, `PLIMSOLL_LOG_LEVEL` that of the log's level, `PLIMSOLL_ADVISORIES`
 * that of where advisories come from.
 */
export async function loadServerConfig(
  { file, home, cacheBytes }: ConfigRequest,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ServerConfig> {
  const surroundings = {
    home,
    cacheBytes,
    listen: listenOf(env),
    logLevel: levelOf(env),
    advisories: advisoriesOf(env),
  };
  const named = file ?? set(env['PLIMSOLL_CONFIG']);
  const byDefault = join(home, 'plimsoll.yaml');
  if (named === null && !existsSync(byDefault)) {
    return completeConfig({}, { ...surroundings, folder: home });
  }
  const path = resolve(named ?? byDefault);
  const { parseServerConfig } = await import('./parse.ts');
  return parseServerConfig(await readText(path), path, surroundings);
}

/** The environment, for the secrets that a configuration refers to. */
export function secretEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFileBounded(path, LIMITS.serverConfigurationBytes);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ServerConfigError('SERVER_CONFIG_UNREADABLE', 'the configuration cannot be read', {
      object: path,
      expected: 'a YAML file in UTF-8',
      found: quote(messageOf(error)),
      cause: error,
    });
  }
}

function listenOf(env: NodeJS.ProcessEnv): Surroundings['listen'] {
  const listen = set(env['PLIMSOLL_LISTEN']);
  const address = listen === null ? null : parseAddress(listen);
  if (listen !== null && (address === null || !isLoopback(address.host))) {
    throw invalidVariable('PLIMSOLL_LISTEN', 'an address of loopback and a port such as 127.0.0.1:7400', listen);
  }
  return listen;
}

function levelOf(env: NodeJS.ProcessEnv): Surroundings['logLevel'] {
  const text = set(env['PLIMSOLL_LOG_LEVEL']);
  const level = LEVELS.find((one) => one === text);
  if (text !== null && level === undefined) {
    throw invalidVariable('PLIMSOLL_LOG_LEVEL', `one of ${LEVELS.join(', ')}`, text);
  }
  return level ?? null;
}

function advisoriesOf(env: NodeJS.ProcessEnv): Surroundings['advisories'] {
  const text = set(env['PLIMSOLL_ADVISORIES']);
  if (text === null || /^https?:\/\//.test(text)) {
    return text;
  }
  if (text.includes('://')) {
    const expected = 'a folder, a configuration ending in .yaml, or a URL that begins with https:// or http://';
    throw invalidVariable('PLIMSOLL_ADVISORIES', expected, text);
  }
  return resolve(text);
}

function invalidVariable(name: string, expected: string, found: string): ServerConfigError {
  return new ServerConfigError('SERVER_CONFIG_INVALID', 'the configuration cannot be used', {
    object: name,
    expected,
    found: quote(found),
    ...(name === 'PLIMSOLL_LISTEN' && {
      hint: 'Listeners that others reach are in plimsoll.yaml, with their certificates.',
    }),
  });
}

function set(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}
