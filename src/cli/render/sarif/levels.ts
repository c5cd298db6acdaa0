import type { Severity } from '#model/advisory.ts';

export type Level = 'error' | 'warning' | 'note';

/** Nobody has rated it: a warning, since "note" would say it matters little. */
export const LEVELS: Readonly<Record<Severity, Level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  none: 'note',
  unknown: 'warning',
};

/**
 * What `security-severity` is when a source has a word and no score: the middle of the band in which GitHub shows that
 * word. There is none for `unknown`: a number would be made up.
 */
export const BAND_SCORES: Readonly<Record<Severity, number | null>> = {
  critical: 9.5,
  high: 8,
  medium: 5.5,
  low: 2,
  none: 0,
  unknown: null,
};
