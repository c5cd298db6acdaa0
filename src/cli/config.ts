import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { quote } from '#base/error.ts';
import { Failure } from './failure.ts';
import { parseSize } from './quantities.ts';

/** What the environment says. The only place of the command line that reads it. */
export interface Config {
  /** The data folder: `PLIMSOLL_HOME`, else `plimsoll` under `XDG_DATA_HOME` or `~/.local/share`. Absolute. */
  readonly home: string;
  /** What the cache may take on the disk, in bytes: `PLIMSOLL_CACHE_SIZE`, else 2 GiB. */
  readonly cacheBytes: number;
  /** `PLIMSOLL_ADVISORIES`: a URL or an absolute folder in the layout of the OSV export, or a file of `kind: Advisories`, absolute; null when it is not set. */
  readonly advisories: string | null;
  /** The trust configuration: `PLIMSOLL_TRUST`; null when it does not name one. */
  readonly trust: string | null;
  /** What opens private keys: `PLIMSOLL_KEY_PASSPHRASE`, else `COSIGN_PASSWORD`, empty or not; null when neither is there. */
  readonly keyPassphrase: string | null;
  /** False when `NO_COLOR` is set to anything, or the terminal is a dumb one. */
  readonly colours: boolean;
  /** All of it but the passphrases, for what other programs' variables say of registries and daemons. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const advisories = set(env['PLIMSOLL_ADVISORIES']);
  const { PLIMSOLL_KEY_PASSPHRASE: own, COSIGN_PASSWORD: ofCosign, ...environment } = env;
  return {
    home: resolve(set(env['PLIMSOLL_HOME']) ?? join(dataHome(env), 'plimsoll')),
    cacheBytes: parseSize(set(env['PLIMSOLL_CACHE_SIZE']) ?? '2GiB', 'PLIMSOLL_CACHE_SIZE'),
    advisories: advisories === undefined ? null : advisorySource(advisories),
    trust: set(env['PLIMSOLL_TRUST']) ?? null,
    keyPassphrase: own ?? ofCosign ?? null,
    colours: set(env['NO_COLOR']) === undefined && env['TERM'] !== 'dumb',
    environment,
  };
}

/** XDG base directory specification: a relative path is to be ignored. So is an empty HOME, which os.homedir() takes as it is. */
function dataHome(env: NodeJS.ProcessEnv): string {
  const named = set(env['XDG_DATA_HOME']);
  return named?.startsWith('/') === true ? named : join(set(env['HOME']) ?? userInfo().homedir, '.local/share');
}

function set(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

/** A URL, or an absolute folder; throws `USAGE` for a URL of another scheme, which is no folder that anybody means. */
function advisorySource(text: string): string {
  if (text.startsWith('https://') || text.startsWith('http://')) {
    return text;
  }
  if (text.includes('://')) {
    throw new Failure('USAGE', 'not an advisory source', {
      object: 'PLIMSOLL_ADVISORIES',
      expected: 'a folder, a configuration ending in .yaml, or a URL that begins with https:// or http://',
      found: quote(text),
    });
  }
  return resolve(text);
}
