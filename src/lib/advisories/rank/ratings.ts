import type { Rating } from '#model/advisory.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { ShardReader } from '#model/ports.ts';

/** What the NVD holds of a vulnerability under one of its names; nothing for a number that it has rejected. */
export function ratingsOf(names: readonly string[], reader: ShardReader): readonly Rating[] {
  return names.flatMap((name) =>
    reader
      .find(name)
      .filter(({ advisory }) => advisory.id === name && advisory.withdrawn === undefined)
      .flatMap(({ advisory }) => advisory.ratings),
  );
}

/**
 * The vendor's ratings decide, and the NVD's do where the vendor has none: a distribution knows how it builds a program, the
 * NVD only what is in it. All are kept, those that say nothing last.
 */
export function withRatings(finding: Vulnerability, added: readonly Rating[]): Vulnerability {
  const others = added.filter((rating) => !finding.ratings.some((known) => isSame(known, rating)));
  if (others.length === 0) {
    return finding;
  }
  const said = [...finding.ratings, ...others];
  const ratings = [...said.filter(isRated), ...said.filter((rating) => !isRated(rating))];
  const severity = finding.severity === 'unknown' ? (ratings[0]?.severity ?? 'unknown') : finding.severity;
  const score =
    finding.score ?? ratings.find((rating) => rating.severity === severity && rating.score !== undefined)?.score;
  return { ...finding, severity, ...(score === undefined ? {} : { score }), ratings };
}

function isRated({ severity }: Rating): boolean {
  return severity !== 'unknown';
}

function isSame(a: Rating, b: Rating): boolean {
  return a.source === b.source && a.scale === b.scale && a.vector === b.vector;
}
