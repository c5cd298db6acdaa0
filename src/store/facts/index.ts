/** Layer facts at rest: a bounded folder of files that many processes share. */
export { type FactsStoreOptions, openFactsStore } from './facts-store.ts';
