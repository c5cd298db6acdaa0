import type { Advisory } from '#model/advisory.ts';
import type { Match } from './evaluate.ts';

/** Where the rating of a malicious package is from: the database of them that OSV carries. */
export const MALICIOUS_SCALE = 'malicious-packages';

/** Reports of malicious packages have ids of their own (OSV schema, id prefixes); others name them as an alias. */
export function isMalicious({ id, aliases }: Pick<Advisory, 'id' | 'aliases'>): boolean {
  return id.startsWith(PREFIX) || aliases.some((alias) => alias.startsWith(PREFIX));
}

const PREFIX = 'MAL-';

/** The word of advisories that are all for information; null when one of them is about a vulnerability. */
export function informationalWord(matches: readonly Pick<Match, 'informational'>[]): string | null {
  return matches.every(({ informational }) => informational !== null) ? (matches[0]?.informational ?? null) : null;
}
