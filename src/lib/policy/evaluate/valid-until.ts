import type { Facts } from '#model/facts.ts';
import type { Decision } from '#model/verdict.ts';
import { Horizon, toInstant } from './horizon.ts';
import type { PolicyRun } from './policy-run.ts';
import type { JudgedRule } from './rule-result.ts';
import type { JudgedUnknowns } from './unknowns.ts';

/** The earliest instant at which time alone could change the decision or the outcome of a rule. Null for never. */
export function validUntil(
  runs: readonly PolicyRun[],
  rules: readonly JudgedRule[],
  unknowns: JudgedUnknowns,
  decision: Decision,
  facts: Facts,
  now: number,
): string | null {
  const horizon = new Horizon(now);
  const rulesTurn = turnOfRules(runs, rules, facts, now);
  horizon.turns(rulesTurn ?? Number.NaN);
  // A refusal stays one, whatever else gets too old.
  for (const at of decision === 'refuse' ? [] : unknowns.turnsAt) {
    horizon.turns(at);
  }
  return horizon.earliest === null ? null : toInstant(horizon.earliest);
}

/** The same for rules alone, milliseconds. */
export function turnOfRules(
  runs: readonly PolicyRun[],
  rules: readonly JudgedRule[],
  facts: Facts,
  now: number,
): number | null {
  const horizon = new Horizon(now);
  const decided = runs.flatMap(({ match, rules: run }) => [...match.conditions, ...run.map((rule) => rule.decided)]);
  for (const { turnsAt } of decided) {
    horizon.turnsAtNanosecond(turnsAt);
  }
  for (const { touching, graceEnd } of rules) {
    for (const { exception, state } of touching) {
      horizon.turns(Date.parse(state === 'not-yet' ? exception.requested : exception.expires));
    }
    horizon.turns(graceEnd ?? Number.NaN);
  }
  if (decided.some(({ reads }) => reads.has('findings') || reads.has('exceptedFindings'))) {
    for (const { excepted } of facts.findings) {
      horizon.turns(Date.parse(excepted?.expires ?? ''));
    }
  }
  return horizon.earliest;
}
