import type { Digest } from '#base/digest.ts';
import { upstreamOf } from '#lib/policy/index.ts';
import type { PolicySet } from '#model/policy.ts';

/** What policies know of where the images of one of our repositories come from. */
export interface StoredOrigin {
  /** The source that takes them; null for what is pushed. */
  readonly source: string | null;
  /** `registry/path`, as policies and trust configurations name them: of what is taken the name where it is taken from. */
  readonly repository: string;
  /** The name of the trust document; null trusts nobody. */
  readonly trust: string | null;
  /** The environment whose verdict lets them out of quarantine; null for none. */
  readonly environment: string | null;
}

/** The documents that count for what no source names. */
const DEFAULT = 'default';

/** `host`: of our own registry. `trusted`: the names of the trust documents that there are. */
export function originOf(
  { sources, environments }: Pick<PolicySet, 'sources' | 'environments'>,
  image: { readonly host: string; readonly repository: string; readonly digest: Digest },
  trusted: ReadonlySet<string>,
): StoredOrigin {
  const taken = upstreamOf(sources, image.repository, { digest: image.digest });
  if (taken?.kind === 'taken') {
    const { source, acquire, registry, path } = taken;
    return {
      source: source.name,
      repository: `${registry}/${path}`,
      trust: acquire.trust,
      environment: acquire.environment,
    };
  }
  return {
    source: null,
    repository: `${image.host}/${image.repository}`,
    trust: trusted.has(DEFAULT) ? DEFAULT : null,
    environment: environments.some(({ name }) => name === DEFAULT) ? DEFAULT : null,
  };
}
