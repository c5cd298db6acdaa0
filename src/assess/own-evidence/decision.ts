import type { GateDecision } from '#model/gate-verdict.ts';
import type { Report } from '#model/report.ts';
import { decisionOfVerdict, isPolicyJudged } from './policy-verdict.ts';
import { decisionOf, isJudged, reasonsOf, validUntil } from './verdict.ts';

/** What was decided of an image, by whichever was asked; null where nothing was. */
export function decisionOfReport(report: Report): GateDecision | null {
  if (isPolicyJudged(report)) {
    return decisionOfVerdict(report.verdict);
  }
  return isJudged(report) ? decisionOf(report) : null;
}

export function decisionsOf(reports: readonly Report[]): readonly GateDecision[] {
  return reports.flatMap((report) => decisionOfReport(report) ?? []);
}

/** Why, and until when. */
export function explained(report: Report): { readonly reasons: readonly string[]; readonly validUntil: string | null } {
  if (isPolicyJudged(report)) {
    return { reasons: report.verdict.reasons, validUntil: report.verdict.validUntil };
  }
  return isJudged(report)
    ? { reasons: reasonsOf(report), validUntil: validUntil(report) }
    : { reasons: [], validUntil: null };
}
