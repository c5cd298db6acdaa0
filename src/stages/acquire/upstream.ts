import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { accessOfSource, openUpstream, type UpstreamOptions } from '#lib/oci/index.ts';
import type { OpenUpstream } from './context.ts';
import { AcquireError } from './error.ts';

export interface UpstreamsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The secret behind a reference such as `env:NAME`. */
  readonly readSecret: (reference: string) => Promise<string>;
  /** Certificates and proxies of whoever runs the server, at that moment. */
  readonly configured?: () => Promise<ConfiguredUpstreams>;
  readonly tuning?: UpstreamOptions['tuning'];
}

/** See `accessOfSource`. */
export type ConfiguredUpstreams = NonNullable<Parameters<typeof accessOfSource>[3]>;

/** Opens repositories as their sources say. Throws `ACQUIRE_SECRET_MISSING`, which says where a secret was looked for and nothing of what is there. */
export function upstreams({ clock, log, readSecret, configured, tuning }: UpstreamsOptions): OpenUpstream {
  const secret = async (reference: string): Promise<string> => {
    try {
      return await readSecret(reference);
    } catch (error) {
      throw new AcquireError('ACQUIRE_SECRET_MISSING', 'a secret of the source is not there', {
        object: reference,
        isTemporary: true,
        cause: error,
      });
    }
  };
  return async ({ acquire, registry, path }) => {
    const { credentials: named } = acquire;
    const credentials =
      named === null ? null : { username: await secret(named.username), password: await secret(named.password) };
    const access = accessOfSource(acquire, credentials, clock, await configured?.());
    return await openUpstream({ domain: registry, path }, { access, log, ...(tuning === undefined ? {} : { tuning }) });
  };
}
