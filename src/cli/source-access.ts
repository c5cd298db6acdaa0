import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { messageOf, quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { SourceAccess } from '#lib/oci/index.ts';
import { Failure } from './failure.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where images can come from, as the environment says it: Plimsoll's own settings, and the variables and files that docker,
 * podman and containerd use. Nothing is asked yet, and only the registries file is read.
 */
export async function readSourceAccess(env: Environment, clock: Clock): Promise<SourceAccess> {
  const home = set(env['HOME']) ?? userInfo().homedir;
  const config = absolute(env['XDG_CONFIG_HOME']) ?? join(home, '.config');
  const runtime = absolute(env['XDG_RUNTIME_DIR']);
  return {
    registries: await readRegistries(set(env['PLIMSOLL_REGISTRIES']), join(config, 'plimsoll/registries.yaml')),
    credentialFiles: present([
      set(env['REGISTRY_AUTH_FILE']),
      join(set(env['DOCKER_CONFIG']) ?? join(home, '.docker'), 'config.json'),
      runtime && join(runtime, 'containers/auth.json'),
      join(config, 'containers/auth.json'),
    ]).map((path) => resolve(path)),
    environment: env,
    dockerSockets: socketsOf(env['DOCKER_HOST'], [
      '/var/run/docker.sock',
      runtime && join(runtime, 'docker.sock'),
      join(home, '.docker/run/docker.sock'),
    ]),
    podmanSockets: socketsOf(env['CONTAINER_HOST'], [
      runtime && join(runtime, 'podman/podman.sock'),
      '/run/podman/podman.sock',
    ]),
    containerd: {
      socket: resolve(withoutScheme(set(env['CONTAINERD_ADDRESS']) ?? '/run/containerd/containerd.sock')),
      namespace: set(env['CONTAINERD_NAMESPACE']) ?? 'default',
    },
    clock,
  };
}

/** The file that is named must be there; the default one need not. */
async function readRegistries(named: string | undefined, byDefault: string): Promise<SourceAccess['registries']> {
  const file = resolve(named ?? byDefault);
  try {
    const bytes = await readFileBounded(file, LIMITS.configBytes);
    return { file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (named === undefined && (code === 'ENOENT' || code === 'ENOTDIR')) {
      return null;
    }
    throw new Failure('USAGE', 'the registries file cannot be read', {
      object: named === undefined ? file : 'PLIMSOLL_REGISTRIES',
      expected: 'a YAML file in UTF-8',
      found: named === undefined ? messageOf(error) : `${quote(named)}: ${messageOf(error)}`,
    });
  }
}

/** A daemon that is reached over the network or ssh has no socket here: that is said when it is asked for. */
function socketsOf(host: string | undefined, byDefault: readonly (string | undefined)[]): readonly string[] {
  const named = set(host);
  if (named === undefined) {
    return present(byDefault);
  }
  return named.startsWith('unix://') || named.startsWith('/') ? [resolve(withoutScheme(named))] : [];
}

function withoutScheme(address: string): string {
  return address.startsWith('unix://') ? address.slice('unix://'.length) : address;
}

function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') === true ? path : undefined;
}

function set(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

function present(values: readonly (string | undefined)[]): readonly string[] {
  return values.filter((value) => value !== undefined);
}
