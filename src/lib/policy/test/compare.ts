import { quote } from '#base/error.ts';
import { nearest } from '#base/nearest.ts';
import type { RuleResult, Verdict } from '#model/verdict.ts';
import type { CaseEntry } from './schema.ts';

/** What a case says of a rule, under the whole name of the rule. */
export interface NamedRule {
  readonly rule: string;
  readonly outcome: RuleResult['outcome'];
  readonly effect?: RuleResult['effect'] | undefined;
  readonly message?: string | undefined;
}

/** `policy`: that of rules which are called by their own names; null where an environment is tested. */
export function expectedRules({ rules = {} }: CaseEntry['expect'], policy: string | null): readonly NamedRule[] {
  return Object.entries(rules).map(([name, expected]) => ({
    rule: policy === null || name.includes('/') ? name : `${policy}/${name}`,
    ...(typeof expected === 'string' ? { outcome: expected } : expected),
  }));
}

/** What is not as a case says, as sentence parts; none where everything is. */
export function differences(
  decision: CaseEntry['expect']['decision'],
  rules: readonly NamedRule[],
  verdict: Verdict,
): readonly string[] {
  const wrong: string[] = [];
  if (decision !== undefined && decision !== verdict.decision) {
    const reasons = verdict.reasons.length === 0 ? '' : ` (${verdict.reasons.slice(0, 3).join('; ')})`;
    wrong.push(`expected the decision ${decision}, found ${verdict.decision}${reasons}`);
  }
  const results = new Map(verdict.rules.map((result) => [result.rule, result]));
  for (const expected of rules) {
    const result = results.get(expected.rule);
    wrong.push(...(result === undefined ? [unknownRule(expected.rule, results.keys())] : ofRule(expected, result)));
  }
  return wrong;
}

function ofRule({ rule, outcome, effect, message }: NamedRule, result: RuleResult): readonly string[] {
  const wrong: string[] = [];
  if (outcome !== result.outcome) {
    const why = result.message === '' ? '' : ` (${result.message})`;
    wrong.push(`${rule}: expected ${outcome}, found ${result.outcome}${why}`);
  }
  if (effect !== undefined && effect !== result.effect) {
    wrong.push(`${rule}: expected the effect ${effect}, found ${result.effect}`);
  }
  if (message !== undefined && message !== result.message) {
    wrong.push(`${rule}: expected the message ${quote(message)}, found ${quote(result.message)}`);
  }
  return wrong;
}

function unknownRule(rule: string, known: Iterable<string>): string {
  const meant = nearest(rule, known);
  return `expected a rule that there is, found ${quote(rule)}${meant === null ? '' : `; did you mean ${quote(meant)}?`}`;
}
