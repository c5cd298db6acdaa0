import type { ShardInfo } from '#model/ports.ts';

/**
 * Feeds that are kept up see changes every day. When the newest advisory of one was changed longer ago than this, the
 * feed has been abandoned or the copy is old, and what has become known since is missing.
 */
const STALE_AFTER_MS = 30 * 86_400_000;

/** Whether the newest advisory is too old at `now`, milliseconds UTC. An empty feed is. */
export function isStale(info: Pick<ShardInfo, 'newest'>, now: number): boolean {
  return now >= staleFrom(info);
}

/** The first instant at which the newest advisory is too old, milliseconds UTC. */
export function staleFrom(info: Pick<ShardInfo, 'newest'>): number {
  return info.newest + STALE_AFTER_MS + 1;
}
