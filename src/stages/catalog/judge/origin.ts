import { type StoredOrigin, storedOrigin } from '#assess/index.ts';
import type { ResolvedManifest } from '#model/platform/records.ts';
import type { DecidingPolicies, JudgeContext } from './context.ts';

/** Where an image comes from, as the documents say. */
export function storedOriginOf(
  { host }: Pick<JudgeContext, 'host'>,
  { set, trust }: DecidingPolicies,
  { repository, digest }: ResolvedManifest,
): StoredOrigin {
  return storedOrigin(set, { host, repository: repository.name, digest }, new Set(trust.keys()));
}
