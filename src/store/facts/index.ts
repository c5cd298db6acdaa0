/** Layer facts at rest: a bounded folder of files that many processes share. */
export { openFactsStore } from './facts-store.ts';
