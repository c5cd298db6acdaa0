import { compareText } from '#base/compare.ts';
import type { HistoryFact } from '#model/facts.ts';
import type { Environment } from '#model/policy.ts';

/**
 * Until when a rule that an image breaks only warns of it (milliseconds): the grace of the environment after it was first broken by an image that had
 * been admitted there without breaking it. Null where it was not, or the time is over: what was never good has no grace.
 */
export function graceEnd(
  rule: string,
  history: readonly HistoryFact[],
  { name, graceMs }: Environment,
  now: number,
): number | null {
  const here = history
    .filter(({ environment }) => environment === name)
    .toSorted((a, b) => compareText(a.decidedAt, b.decidedAt) || compareText(a.record, b.record));
  const admitted = here.findIndex(({ decision, broken }) => decision !== 'refuse' && !broken.includes(rule));
  if (admitted === -1) {
    return null;
  }
  const first = here.slice(admitted).find(({ broken }) => broken.includes(rule));
  const end = (first === undefined ? now : Date.parse(first.decidedAt)) + graceMs;
  return now < end ? end : null;
}
