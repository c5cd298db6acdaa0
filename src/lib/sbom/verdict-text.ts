import { canonicalDigest } from '#base/json/canonical.ts';
import type { Report } from '#model/report.ts';

/** What policy said of the image, in one line with the digest of the record; null when it was not asked. */
export function verdictText({ verdict }: Report): string | null {
  if (verdict === undefined) {
    return null;
  }
  const { decision, context, reasons, score, validUntil } = verdict;
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  const until = validUntil === null ? '' : `, until ${validUntil}`;
  const record = canonicalDigest(verdict);
  const text = `${decision} in ${context.environment} (${context.stage}) at ${context.time}${until}, score ${score.value}, record ${record}${why}`;
  return text.toWellFormed();
}
