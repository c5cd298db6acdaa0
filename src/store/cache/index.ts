/** What was read of layers and fetched from registries, at rest: one bounded folder of files that many processes share. */
export { openCache } from './cache.ts';
