/** Who may sign what, for which repositories: `kind: Trust`. `docs/guides/trust.md` is the user's view of it. */

import { usualSpelling } from '#model/repository-pattern.ts';
import type { TrustConfiguration, TrustRule } from './configuration.ts';

export type * from './configuration.ts';
export { type TrustFlags, trustFromFlags } from './flags.ts';
export { loadTrustConfiguration } from './load.ts';

/**
 * Every rule that matches, in the order of the configuration: all of them have to hold, and an image that none matches
 * is refused. `repository` has its host (`docker.io/library/nginx`), no tag; null for an image without one.
 */
export function rulesFor(configuration: TrustConfiguration, repository: string | null): readonly TrustRule[] {
  const name = repository === null ? null : usualSpelling(repository);
  if (name === null && repository !== null) {
    return [];
  }
  return configuration.rules.filter(
    (rule) =>
      rule.repositories.some((pattern) => pattern.matches(name)) &&
      !rule.except.some((pattern) => pattern.matches(name)),
  );
}
