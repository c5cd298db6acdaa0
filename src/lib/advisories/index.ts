export { assertEcosystemName } from './ecosystem-name.ts';
export { type AdvisoryCode, AdvisoryError } from './error.ts';
export { ecosystemsNeeded, type Matched, matchPackages, type NeededEcosystem } from './match/index.ts';
export { type OsvArchiveOptions, readOsvArchive } from './providers/osv/index.ts';
export { isStale, STALE_AFTER_MS } from './staleness.ts';
