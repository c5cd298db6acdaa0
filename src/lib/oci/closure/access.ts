import type { Clock } from '#base/clock.ts';
import type { AcquireRules } from '#model/policy.ts';
import type { SourceAccess, UpstreamRules } from '../images/options.ts';

/** What whoever runs the server has configured for its requests to others. */
export interface Configured {
  /** The text of a registries file, for certificates; what it says of mirrors and TLS does not count. */
  readonly registries?: SourceAccess['registries'];
  /** `HTTPS_PROXY` and the like. A proxy finds the addresses of names by itself, so that what it may reach is for it to say. */
  readonly proxies?: Readonly<Record<string, string | undefined>>;
}

/**
 * The way to the registry of a source, and to no other: nothing of what the user of this process has counts, no files of
 * credentials and none of their programs, no proxies of the environment, no daemons.
 */
export function accessOfSource(
  { registry, network, tls }: Pick<AcquireRules, 'registry' | 'network' | 'tls'>,
  credentials: UpstreamRules['credentials'],
  clock: Clock,
  { registries = null, proxies = {} }: Configured = {},
): SourceAccess {
  return {
    registries,
    credentialFiles: [],
    environment: proxies,
    dockerSockets: [],
    podmanSockets: [],
    containerd: { socket: '', namespace: '' },
    clock,
    upstream: { registry, network, tls, credentials },
  };
}
