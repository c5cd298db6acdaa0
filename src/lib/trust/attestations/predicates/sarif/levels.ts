import type { SarifLevel } from '../predicate.ts';

/** The levels of results (SARIF 2.1.0 section 3.27.10), from the least to the worst. */
export const SARIF_LEVELS: readonly SarifLevel[] = ['none', 'note', 'warning', 'error'];
