import type { Digest } from '#base/digest.ts';
import type { FeedEntry } from '#model/ports.ts';

/**
 * A kind of feed. It knows what is published where and how that is read; how a document is fetched, kept and asked for again
 * is the caller's, who hands in `FeedDocuments`. A shard is what is fetched and built together: mostly all of an ecosystem.
 */
export interface AdvisoryProvider {
  /** The folder name of the member. */
  readonly id: string;
  readonly capabilities: ProviderCapabilities;
  /**
   * The shard in which an ecosystem is kept (`Alpine:v3.20`, with its release where it has one), or what `OTHER_SHARDS` names;
   * null when this feed has nothing of it. A feed that publishes each release by itself has a shard for each.
   */
  shardFor(needed: string): string | null;
  /**
   * Looks at the feed and says what becomes of the shard. Asks with what the cursor holds of the last time, so that a feed
   * that has not changed is asked conditionally and nothing else. Throws what `documents.get` throws, `ADVISORY_FEED_INVALID`
   * for a document that is broken as a whole or not what the feed promises of it, and `LIMIT_EXCEEDED`.
   */
  refresh(shard: string, request: RefreshRequest): Promise<Refresh>;
}

export interface ProviderCapabilities {
  /** Where it is published. A source may name a mirror, or a folder, of the same layout. */
  readonly home: string;
  readonly gives: readonly ('advisories' | 'signals' | 'lifecycle')[];
  /** Takes over what has changed since the last time, where there is a shard. */
  readonly incremental: boolean;
  /** What is held against what the feed itself says of its documents; a signature where the source has keys, else the checksum. */
  readonly verified: 'nothing' | 'checksum' | 'signature';
}

/** Shards without packages of an ecosystem; NVD has products by their CPE names. */
export const OTHER_SHARDS = ['NVD', 'KEV', 'EPSS', 'Lifecycle'] as const;

export interface RefreshRequest {
  readonly documents: FeedDocuments;
  /** What the last refresh left, as it was; null when there is no shard, or one that was built otherwise. */
  readonly cursor: string | null;
  /** What the shard has that the cursor is of; left out when there is none. */
  readonly held?: HeldRecords;
  /** Every document that is taken over has to be signed by one of these; left out where the source has none. */
  readonly key?: FeedKey;
  /** Milliseconds UTC. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Lower caps than the usual ones, for tests. */
  readonly limits?: FeedLimits;
}

/** Armoured OpenPGP keys, and the file that they are from. */
export interface FeedKey {
  readonly file: string;
  readonly text: Uint8Array;
}

/** For feeds that say what they have, and not what has changed. */
export interface HeldRecords {
  /** When the newest was modified, milliseconds UTC; 0 for none. */
  readonly newest: number;
  /** Each advisory by its id, with the time at which it was modified, milliseconds UTC. */
  records(): Iterable<readonly [id: string, modified: number]>;
}

/** The cursor is text of at most 64 KiB, kept beside the shard and handed in again. */
export type Refresh =
  /** The shard stays as it is. */
  | { readonly kind: 'unchanged'; readonly cursor: string }
  /** The feed has no such shard. */
  | { readonly kind: 'missing' }
  /** The entries are all there is. They are read while the documents are at hand, once. */
  | {
      readonly kind: 'whole';
      readonly revision: Digest;
      readonly cursor: string;
      readonly entries: AsyncIterable<FeedEntry>;
    }
  /** What the shard had is taken over, but for these ids and for records that come anew. */
  | {
      readonly kind: 'changes';
      readonly revision: Digest;
      readonly cursor: string;
      readonly entries: AsyncIterable<FeedEntry>;
      readonly removed: readonly string[];
    };

/** The documents of one source, by their path below its address. */
export interface FeedDocuments {
  /** As it may be shown: a URL without query and credentials, or a folder. */
  readonly label: string;
  /**
   * A document as it is now, whole, in a file that is gone after the refresh. Throws HttpError for an answer that is neither
   * success nor `unchanged` nor `missing` (404 and 410), and `LIMIT_EXCEEDED`.
   */
  get(path: string, ask?: DocumentAsk): Promise<FeedDocument>;
  /** Removes a document before the end of the refresh, by its file; left out where the files are not copies. */
  readonly discard?: (file: string) => Promise<void>;
}

export interface DocumentAsk {
  /** Of the last answer: the next may then be `unchanged`. */
  readonly validator?: string | null;
  /** `LIMITS.feedArchiveBytes` when not given. */
  readonly maxBytes?: number;
}

export type FeedDocument =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'document';
      /** The file, absolute. */
      readonly path: string;
      readonly bytes: number;
      readonly digest: Digest;
      /** What to ask with the next time; null when the source gives nothing of the kind. At most 256 characters. */
      readonly validator: string | null;
    };

/** `LIMITS` has the usual ones. */
export interface FeedLimits {
  readonly recordBytes: number;
  readonly totalBytes: number;
  readonly records: number;
}
