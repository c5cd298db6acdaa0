import type { VerdictEngine } from '#model/verdict.ts';

/** Raised whenever the same input may give another verdict: records of other versions are replayed by other releases. */
export const ENGINE: VerdictEngine = { name: 'plimsoll', version: 1 };
