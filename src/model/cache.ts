/** What the cache on disk holds; each kind has a folder of its own below it. */
export const CACHE_KINDS = ['facts', 'documents', 'verifications'] as const;
export type CacheKind = (typeof CACHE_KINDS)[number];

/** What the cache on disk holds. Bytes are counted in blocks of 4 KiB, as disks give them out and as the limit counts. */
export interface CacheStatus {
  /** Absolute. */
  readonly folder: string;
  readonly bytes: number;
  /** Past it the least recently used entries go. */
  readonly limit: number;
  /** One for each of `CACHE_KINDS`, in that order. */
  readonly kinds: readonly CacheKindStatus[];
  /** The least recent use of any entry, milliseconds UTC, correct to the hour; null for an empty cache. */
  readonly oldest: number | null;
  readonly newest: number | null;
  /** Paths of what does not hold what its name says, sorted; null when nobody looked inside. */
  readonly damaged: readonly string[] | null;
}

export interface CacheKindStatus {
  readonly kind: CacheKind;
  readonly entries: number;
  readonly bytes: number;
}

/** What is to go. */
export type PruneTarget =
  | { readonly kind: 'all' }
  /** Entries whose last use is before this instant, milliseconds UTC. */
  | { readonly kind: 'unused-since'; readonly instant: number }
  /** The least recently used ones, until the others take no more than this. */
  | { readonly kind: 'size'; readonly bytes: number };

/** What a pruning did. */
export interface Pruned {
  readonly entries: number;
  readonly bytes: number;
  /** Files of writers that died, and what stood where an entry belongs without being a file; removed whatever the target. */
  readonly leftovers: number;
  /** What was to go and could not be removed. */
  readonly failed: readonly string[];
  readonly remaining: { readonly entries: number; readonly bytes: number };
}
