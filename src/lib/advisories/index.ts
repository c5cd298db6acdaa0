/** Reads advisory feeds, and matches packages with what they say. */
export { assertEcosystemName, isEcosystemName } from './ecosystem-name.ts';
export { type AdvisoryCode, AdvisoryError } from './error.ts';
export { ecosystemsNeeded, type Matched, matchPackages, type NeededEcosystem } from './match/index.ts';
export { osv } from './providers/osv/index.ts';
export type { AdvisoryProvider, ReadFeedOptions } from './providers/provider.ts';
export { isStale, STALE_AFTER_MS } from './staleness.ts';
