/** Reads advisory feeds, and matches packages with what they say. */
export { assertEcosystemName, isEcosystemName } from './ecosystem-name.ts';
export { AdvisoryError } from './error.ts';
export { ecosystemsNeeded, matchPackages } from './match/index.ts';
export { osv } from './providers/osv/index.ts';
export { isStale, staleFrom } from './staleness.ts';
