import type { HistoryFact } from '#model/facts.ts';

/** Decisions of one image that are told. */
const MAX_DECISIONS = 256;

/**
 * What of a history makes a difference: of decisions that follow each other in one environment and are alike, the first and the last. So looking
 * at an image every hour does not make its history grow. Oldest first; of too many the newest.
 */
export function condense(history: readonly HistoryFact[]): readonly HistoryFact[] {
  const byEnvironment = Map.groupBy(history, ({ environment }) => environment);
  const kept = new Set([...byEnvironment.values()].flatMap(endsOfRuns));
  return history.filter((one) => kept.has(one)).slice(-MAX_DECISIONS);
}

function endsOfRuns(decisions: readonly HistoryFact[]): readonly HistoryFact[] {
  return decisions.filter((one, index) => {
    const [before, after] = [decisions[index - 1], decisions[index + 1]];
    return before === undefined || after === undefined || !isAlike(before, one) || !isAlike(one, after);
  });
}

function isAlike(a: HistoryFact, b: HistoryFact): boolean {
  return (
    a.decision === b.decision &&
    a.broken.length === b.broken.length &&
    a.broken.every((rule, at) => rule === b.broken[at])
  );
}
