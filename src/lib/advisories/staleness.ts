import type { ShardInfo } from '#model/ports.ts';

/**
 * Feeds that are kept up see changes every day. When the newest advisory of one was changed longer ago than this, the
 * feed has been abandoned or the copy is old, and what has become known since is missing.
 */
const STALE_AFTER_MS = 30 * 86_400_000;

type Dated = Pick<ShardInfo, 'newest' | 'count' | 'checked'>;

/** Whether what a feed knows is too old at `now`, milliseconds UTC. An empty feed is. */
export function isStale(info: Dated, now: number): boolean {
  return now >= staleFrom(info);
}

/** The first instant at which it is too old, milliseconds UTC. A feed without dates is as old as the last look at it. */
export function staleFrom({ newest, count, checked }: Dated): number {
  return (newest === 0 && count > 0 ? checked : newest) + STALE_AFTER_MS + 1;
}
