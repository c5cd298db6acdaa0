import type { OptionSpec, OptionValues } from '../command.ts';
import { type Config, readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import { parseServer } from './address.ts';
import type { ApiTarget } from './api-client.ts';
import { credentialPath, readCredentials } from './credential-store.ts';

/** Options of every command that asks a server. */
export const SERVER_OPTIONS = {
  server: {
    type: 'string',
    value: 'SERVER',
    help: 'the server to ask (default: PLIMSOLL_SERVER, or where you logged in last)',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The server that is meant, with the credential that is kept for it. Throws `USAGE` when there is none. */
export async function targetOf(options: OptionValues, signal: AbortSignal): Promise<ApiTarget> {
  const config: Config = readConfig();
  const { current, servers } = await readCredentials(credentialPath(config));
  const fromEnvironment = config.environment['PLIMSOLL_SERVER'];
  const named = options.text('server') ?? (fromEnvironment === '' ? undefined : fromEnvironment) ?? current;
  if (named === null || named === undefined) {
    throw new Failure('USAGE', 'which server?', {
      object: '--server',
      expected: 'a server that you logged in to',
      found: 'none',
      hint: 'plimsoll login SERVER',
    });
  }
  const origin = parseServer(named);
  const credential = servers.get(origin);
  if (credential === undefined) {
    throw new Failure('USAGE', 'not logged in', {
      object: origin,
      expected: 'a credential for this server',
      found: 'none',
      hint: `plimsoll login ${origin}`,
    });
  }
  return { origin, credential, environment: config.environment, signal };
}
