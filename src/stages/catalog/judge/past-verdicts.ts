import { type Digest, digestOf } from '#base/digest.ts';
import type { HistoryFact } from '#model/facts.ts';
import type { VerdictRecord } from '#model/platform/records.ts';
import type { Verdict } from '#model/verdict.ts';

/** Records of one environment that are looked at; each says something else than the one before. */
export const MOST_PAST = 32;

/** A verdict that was kept. */
export interface PastVerdict {
  readonly verdict: Verdict;
  /** Of its record. */
  readonly digest: Digest;
}

/** What was decided before, oldest first. Records of another version are passed over. */
export function historyOf(records: readonly VerdictRecord[]): readonly HistoryFact[] {
  return records
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((record) => {
      const past = verdictOf(record);
      return past === null ? [] : [factOf(past)];
    });
}

/** Null for a record of another version. */
export function verdictOf({ content }: VerdictRecord): PastVerdict | null {
  const verdict = JSON.parse(content) as Partial<Verdict>;
  return verdict.schemaVersion === '2.0' ? { verdict: verdict as Verdict, digest: digestOf(content) } : null;
}

/** Rules that were broken, whatever came of it, and those for which an exception made a difference. */
function factOf({ verdict: { context, decision, rules }, digest }: PastVerdict): HistoryFact {
  const broken = rules
    .filter(({ outcome, exceptions }) => outcome !== 'skipped' && (outcome !== 'passed' || exceptions.length > 0))
    .map(({ rule }) => rule)
    .toSorted();
  return { environment: context.environment, decision, decidedAt: context.time, broken, record: digest };
}
