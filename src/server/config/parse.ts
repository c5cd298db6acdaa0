import { dirname } from 'node:path';
import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { openYaml, placeText } from '#base/yaml.ts';
import { isLoopback, parseAddress } from './address.ts';
import { completeConfig, type Surroundings } from './complete.ts';
import { ServerConfigError } from './error.ts';
import type { ServerConfig } from './model.ts';
import { type ServerDocument, serverDocument } from './schema.ts';

/** Reads `plimsoll.yaml`. Everything wrong is `SERVER_CONFIG_INVALID` and says where, to the line and column. */
export function parseServerConfig(
  text: string,
  file: string,
  surroundings: Omit<Surroundings, 'folder'>,
): ServerConfig {
  const yaml = openYaml(text, file, {
    limit: LIMITS.serverConfigurationBytes,
    invalid: (_, expected, found, { path, line, column }) =>
      invalid(placeOf(file, line, column, path), expected, shown(expected, found)),
  });
  const document = yaml.empty ? {} : yaml.check(serverDocument);
  const positions = yaml.positions();
  const place = (path: readonly (string | number)[]): string => {
    const { line, column } = positions.get(placeText(path)) ?? { line: 1, column: 1 };
    return placeOf(file, line, column, path);
  };
  assertListeners(document, place);
  return completeConfig(document, { ...surroundings, folder: dirname(file) });
}

type Place = (path: readonly (string | number)[]) => string;

/** What stands in the place of a reference to a secret may be the secret, and a URL may have one in it. */
function shown(expected: string, found: string): string {
  const mayBeSecret =
    expected.startsWith('env:NAME') || found.includes('BEGIN') || (found.includes('://') && found.includes('@'));
  return mayBeSecret ? 'something else, which is not shown here' : found;
}

/** Off loopback: TLS, and a listener for each service, so that whoever may reach one does not reach the others. */
function assertListeners({ listeners = [], trustedProxies, publicUrl }: ServerDocument, place: Place): void {
  const addresses = new Set<string>();
  for (const [index, { address, serves, tls }] of listeners.entries()) {
    const at = (key: string): string => place(['listeners', index, key]);
    const { host = '', port = 0 } = parseAddress(address) ?? {};
    if (port !== 0 && addresses.has(address)) {
      throw invalid(at('address'), 'an address of its own for each listener', quote(address));
    }
    addresses.add(address);
    if (isLoopback(host)) {
      continue;
    }
    if (tls === undefined) {
      const found = `${quote(address)} without tls, which others can reach and listen in on`;
      throw invalid(at('address'), 'a loopback address, or a certificate and key in tls', found);
    }
    if (serves?.length !== 1) {
      const found = serves === undefined ? 'all of them' : `${serves.length} of them`;
      throw invalid(at(serves === undefined ? 'address' : 'serves'), 'one service on a listener off loopback', found);
    }
  }
  const [open] = listeners.flatMap(({ address, serves }, index) =>
    !isLoopback(parseAddress(address)?.host ?? '') &&
    (serves?.includes('registry') === true || serves?.includes('api') === true)
      ? [index]
      : [],
  );
  if (open !== undefined && publicUrl === undefined) {
    const found = 'none, for a listener off loopback, whose certificate is for a name';
    throw invalid(place(['listeners', open, 'address']), 'a publicUrl that clients reach it by', found);
  }
  if (trustedProxies?.some((network) => network.endsWith('/0')) === true) {
    throw invalid(place(['trustedProxies']), 'the proxies themselves', 'everybody');
  }
}

function placeOf(file: string, line: number, column: number, path: readonly (string | number)[]): string {
  return `${file}, line ${line}, column ${column}${path.length === 0 ? '' : `, ${placeText(path)}`}`;
}

function invalid(object: string, expected: string, found: string): ServerConfigError {
  return new ServerConfigError('SERVER_CONFIG_INVALID', 'the configuration cannot be used', {
    object,
    expected,
    found,
  });
}
