import { loadStoredPolicy, type StoredOrigin } from '#assess/index.ts';
import type { ResolvedManifest } from '#model/platform/records.ts';
import type { DecidingPolicies, JudgeContext } from './context.ts';

const { originOf } = await loadStoredPolicy();

/** Where an image comes from, as the documents say. */
export function storedOriginOf(
  { host }: Pick<JudgeContext, 'host'>,
  { set, trust }: DecidingPolicies,
  { repository, digest }: ResolvedManifest,
): StoredOrigin {
  return originOf(set, { host, repository: repository.name, digest }, new Set(trust.keys()));
}
