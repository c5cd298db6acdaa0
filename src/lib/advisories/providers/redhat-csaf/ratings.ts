import type { CsafVulnerability } from '#lib/vex/index.ts';
import type { Rating, Severity } from '#model/advisory.ts';
import { scoreCvss, severityOfScore } from '../../cvss/index.ts';

/** Red Hat's own scale, "Severity ratings". */
const IMPACTS: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['important', 'high'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['none', 'none'],
]);

/** The ratings of a product: Red Hat's own word before the score, which does not know how Red Hat builds and uses it. */
export function ratingsByProduct(vulnerability: CsafVulnerability, source: string): (id: string) => readonly Rating[] {
  const words = new Map<string, Rating>();
  let ofAll: Rating | undefined;
  for (const { category, details, products } of vulnerability.threats) {
    const severity = category === 'impact' ? IMPACTS.get(details.toLowerCase()) : undefined;
    if (severity !== undefined) {
      const rating: Rating = { severity, scale: 'Red Hat', source };
      ofAll ??= products.length === 0 ? rating : undefined;
      products.forEach((id) => words.set(id, rating));
    }
  }
  const scores = new Map<string, Rating>();
  for (const { scale, vector, products } of vulnerability.scores) {
    const score = scoreCvss(scale, vector);
    const rating: Rating =
      score === null
        ? { severity: 'unknown', scale, vector: vector.slice(0, 512), source }
        : { severity: severityOfScore(scale, score), score, scale, vector, source };
    for (const id of products) {
      // Newer versions come first.
      if (!scores.has(id)) {
        scores.set(id, rating);
      }
    }
  }
  const known = new Map<string, readonly Rating[]>();
  return (id) => {
    const ratings = [words.get(id) ?? ofAll, scores.get(id)].filter((rating) => rating !== undefined);
    // One array for the same ratings, so that rows can be compared by it.
    const key = JSON.stringify(ratings);
    const same = known.get(key) ?? ratings;
    known.set(key, same);
    return same;
  };
}
