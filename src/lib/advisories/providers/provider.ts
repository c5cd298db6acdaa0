import type { FeedEntry } from '#model/ports.ts';

export interface ReadFeedOptions {
  /** Without suffix; packages of other ecosystems are left out. */
  readonly ecosystem: string;
  readonly signal: AbortSignal;
  /** Lower caps than the usual ones, for tests. */
  readonly limits?: FeedLimits;
}

/** `LIMITS` has the usual ones. */
export interface FeedLimits {
  readonly recordBytes: number;
  readonly totalBytes: number;
  readonly records: number;
}

/** A kind of feed: how the archive of one ecosystem is read. */
export interface AdvisoryProvider {
  /** The folder name of the member. */
  readonly id: string;
  /**
   * The records one by one. One that cannot be read is `rejected` by name and the rest goes on; an archive that is
   * broken as a whole throws `ADVISORY_ARCHIVE_INVALID`, one that expands past its limits `LIMIT_EXCEEDED`.
   */
  read(archive: string, options: ReadFeedOptions): AsyncIterable<FeedEntry>;
}
