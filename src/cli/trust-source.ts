import { access } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { TrustSource } from '#assess/index.ts';
import type { OptionSpec, OptionValues } from './command.ts';
import type { Config } from './config.ts';
import { Failure } from './failure.ts';

/** Options of every command that asks whom to trust. */
export const TRUST_OPTIONS = {
  trust: {
    type: 'string',
    value: 'FILE',
    help: 'the trust configuration (default: PLIMSOLL_TRUST, or trust.yaml in the configuration folder)',
  },
  key: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'instead of a configuration: a public key that may sign; one signature is enough',
  },
  'certificate-identity': {
    type: 'string',
    value: 'SUBJECT',
    help: 'instead of a configuration: the mail address or URI that may sign keyless',
  },
  'certificate-oidc-issuer': { type: 'string', value: 'URL', help: 'who vouches for that identity' },
  'trusted-root': {
    type: 'string',
    value: 'FILE',
    help: "Sigstore's trusted_root.json: its authorities, transparency logs and timestamp authorities",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/**
 * Whom the user says to trust: options before the environment before the file in its usual place; null when there is
 * none of them. Throws `USAGE` for options that do not go together.
 */
export async function trustSource(options: OptionValues, config: Config): Promise<TrustSource | null> {
  const flags = {
    keys: options.texts('key').map((path) => resolve(path)),
    identity: options.text('certificate-identity') ?? null,
    issuer: options.text('certificate-oidc-issuer') ?? null,
    trustedRoot: optionalPath(options.text('trusted-root')),
  };
  const named = options.text('trust');
  const flagged = flags.keys.length > 0 || Object.values(flags).some((value) => typeof value === 'string');
  if (flagged && named !== undefined) {
    throw new Failure('USAGE', 'two answers to whom to trust', {
      object: '--trust',
      expected: 'a configuration, or --key and --certificate-identity without one',
      found: 'both',
    });
  }
  if (flagged) {
    return { kind: 'flags', flags };
  }
  const path = await trustFile(named, config);
  return path === null ? null : { kind: 'file', path };
}

/** The file of the trust configuration: the one named, else that of the environment, else the usual one where it is there. */
export async function trustFile(named: string | undefined, config: Config): Promise<string | null> {
  const path = named ?? config.trust;
  return path === null ? await usualPlace(config) : resolve(path);
}

async function usualPlace({ environment }: Config): Promise<string | null> {
  const xdg = environment['XDG_CONFIG_HOME'];
  const folder = xdg?.startsWith('/') === true ? xdg : join(environment['HOME'] || userInfo().homedir, '.config');
  const path = join(folder, 'plimsoll/trust.yaml');
  try {
    await access(path);
    return path;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return null;
    }
    throw error;
  }
}

function optionalPath(path: string | undefined): string | null {
  return path === undefined ? null : resolve(path);
}
