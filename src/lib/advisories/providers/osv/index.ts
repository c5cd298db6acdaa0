import type { FeedEntry } from '#model/ports.ts';
import { baseEcosystem, isNeededName } from '../../ecosystem-name.ts';
import type { AdvisoryProvider, FeedLimits } from '../provider.ts';
import { OTHER_SHARDS } from '../provider.ts';

export interface ReadFeedOptions {
  /** Without suffix; packages of other ecosystems are left out. */
  readonly ecosystem: string;
  readonly signal: AbortSignal;
  /** Lower caps than the usual ones, for tests. */
  readonly limits?: FeedLimits;
}

interface OsvProvider extends AdvisoryProvider {
  /** The records of an archive. */
  read(archive: string, options: ReadFeedOptions): AsyncGenerator<FeedEntry>;
}

/**
 * The OSV bulk export: `<ecosystem>/all.zip` with a JSON file for each record (OSV schema 1.7), the same files one by one,
 * and a list of when each was modified, `<ecosystem>/modified_id.csv`.
 */
export const osv: OsvProvider = {
  id: 'osv',
  capabilities: {
    home: 'https://osv-vulnerabilities.storage.googleapis.com',
    gives: ['advisories'],
    incremental: true,
    verified: 'checksum',
  },
  // Whatever ecosystem it is, OSV may have it; all its releases are in one archive.
  shardFor: (needed) =>
    isNeededName(needed) && OTHER_SHARDS.every((other) => other !== needed) ? baseEcosystem(needed) : null,
  refresh: async (shard, request) => {
    const { refresh } = await import('./refresh.ts');
    return await refresh(shard, request);
  },
  read,
};

/** Most runs read no feed: what that takes, the schema above all, is loaded when one does. */
async function* read(archive: string, options: ReadFeedOptions): AsyncGenerator<FeedEntry> {
  const { readFeed } = await import('./read.ts');
  yield* readFeed(archive, options);
}
