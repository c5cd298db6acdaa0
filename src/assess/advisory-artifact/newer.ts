import type { ShardInfo } from '#model/ports.ts';
import type { ArtifactShard } from './manifest.ts';

/**
 * `taken`: the shard of the artifact comes in place of what is here. `confirmed`: it is here already, and the exporter has looked
 * at the feed since. `unchanged`: it is here already. `kept`: what is here is newer.
 */
export type Decision = 'taken' | 'confirmed' | 'unchanged' | 'kept';

/**
 * What becomes of a shard, given what is here in its place, null for nothing that can be used. Newer is what has the newer
 * advisory, and of two that have the same, what was looked at later: an artifact that somebody has held back takes nothing away.
 */
export function decide({ claims, checked }: ArtifactShard, here: ShardInfo | null, force: boolean): Decision {
  if (here === null) {
    return 'taken';
  }
  if (here.revision === claims.revision) {
    return checked > here.checked ? 'confirmed' : 'unchanged';
  }
  const older = claims.newest < here.newest || (claims.newest === here.newest && checked < here.checked);
  return older && !force ? 'kept' : 'taken';
}
