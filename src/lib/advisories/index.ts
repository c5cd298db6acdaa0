import type { AdvisoriesConfiguration } from './configuration/index.ts';
import type { explainMatch as explain } from './explain/index.ts';
import { advisoryProviders } from './providers/list.ts';

/** Reads advisory feeds, and matches packages with what they say. */
export type { AdvisoriesConfiguration } from './configuration/index.ts';
export { assertNeededName, baseEcosystem, isNeededName } from './ecosystem-name.ts';
export { AdvisoryError } from './error.ts';
export { ecosystemsNeeded, matchPackages } from './match/index.ts';
export { comparedName } from './package-name.ts';
export { advisoryProviders, defaultSources } from './providers/list.ts';
export type {
  AdvisoryProvider,
  DocumentAsk,
  FeedDocument,
  FeedDocuments,
  FeedKey,
  HeldRecords,
  Refresh,
} from './providers/provider.ts';
export { OTHER_SHARDS } from './providers/provider.ts';
export { type RankReaders, rankFindings } from './rank/index.ts';
export { isStale, staleFrom } from './staleness.ts';

/** See `parseAdvisoriesConfiguration`: loaded where there is such a file. */
export async function readAdvisoriesConfiguration(text: Uint8Array, file: string): Promise<AdvisoriesConfiguration> {
  const { parseAdvisoriesConfiguration } = await import('./configuration/index.ts');
  return parseAdvisoriesConfiguration(text, file, advisoryProviders);
}

/** See `explainMatch` of `explain`: loaded where somebody asks. */
export async function explainMatch(...asked: Parameters<typeof explain>): Promise<ReturnType<typeof explain>> {
  const { explainMatch: run } = await import('./explain/index.ts');
  return run(...asked);
}
