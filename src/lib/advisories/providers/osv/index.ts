import type { FeedEntry } from '#model/ports.ts';
import type { AdvisoryProvider, ReadFeedOptions } from '../provider.ts';

/** The OSV bulk export: `<ecosystem>/all.zip` with a JSON file for each record (OSV schema 1.7). */
export const osv: AdvisoryProvider = { id: 'osv', read };

/** Most runs read no feed: what that takes, the schema above all, is loaded when one does. */
async function* read(archive: string, options: ReadFeedOptions): AsyncGenerator<FeedEntry> {
  const { readFeed } = await import('./read.ts');
  yield* readFeed(archive, options);
}
