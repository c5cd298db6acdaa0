import { compareText } from '#base/compare.ts';
import type { Facts } from '#model/facts.ts';
import type { Environment } from '#model/policy.ts';
import type { Outcome, RuleResult, SeenValue } from '#model/verdict.ts';
import type { Program, Watched } from '../language/program.ts';
import type { ConsideredException } from './exceptions/consider.ts';
import { touching } from './exceptions/touched.ts';
import { graceEnd } from './grace.ts';
import { toInstant } from './horizon.ts';
import type { RuleRun } from './policy-run.ts';
import type { Runner } from './run.ts';
import { oneLine } from './text.ts';

const MESSAGE_CHARS = 1000;
/** What a verdict keeps of what a rule saw; `explainRule` shows more. */
const SEEN_IN_VERDICT: SeenBounds = { values: 24, expressionChars: 160, valueChars: 160 };

export interface SeenBounds {
  readonly values: number;
  readonly expressionChars: number;
  readonly valueChars: number;
}

export interface JudgedRule {
  readonly result: RuleResult;
  /** In force or to begin, see `touching`. */
  readonly touching: readonly ConsideredException[];
  /** Milliseconds; null without one. */
  readonly graceEnd: number | null;
}

export interface Judging {
  readonly facts: Facts;
  readonly environment: Environment;
  readonly now: number;
  readonly runner: Runner;
}

/** What came of a rule that has run. */
export function judgeRule(run: RuleRun, { facts, environment, now, runner }: Judging): JudgedRule {
  const { policy, validation, skipped, decided } = run;
  const touched = touching(run);
  const used = touched.filter(({ state }) => state === 'in-force');
  const outcome = outcomeOf(run, used);
  const broken = outcome === 'failed' || outcome === 'error';
  // An error is no fault of the image that could be repaired in time.
  const mayHaveGrace = outcome === 'failed' && validation.action === 'deny' && validation.validation.grace;
  const grace = mayHaveGrace ? graceEnd(validation.rule, facts.history, environment, now) : null;
  const asked = skipped === null && outcome !== 'passed';
  return {
    touching: touched,
    graceEnd: grace,
    result: {
      rule: validation.rule,
      title: policy.policy.title,
      outcome,
      action: validation.action,
      effect: effectOf(broken, validation.action, grace),
      graceUntil: grace === null ? null : toInstant(grace),
      message: asked ? messageOf(run, runner) : '',
      remediation: asked ? validation.validation.remediation : '',
      contextual: validation.contextual,
      saw: asked && decided.ran ? seen(runner.watch(validation.program, run, SEEN_IN_VERDICT.valueChars)) : [],
      cost: decided.cost,
      exceptions: used.map(({ exception }) => exception.name).toSorted(compareText),
    },
  };
}

function outcomeOf({ skipped, decided: { answer } }: RuleRun, used: readonly ConsideredException[]): Outcome {
  if (skipped !== null) {
    return 'skipped';
  }
  if (typeof answer !== 'boolean') {
    return 'error';
  }
  if (answer) {
    return 'passed';
  }
  return used.some(({ kind }) => kind === 'rule') ? 'excepted' : 'failed';
}

function effectOf(broken: boolean, action: RuleResult['action'], grace: number | null): RuleResult['effect'] {
  if (!broken) {
    return 'none';
  }
  return grace === null ? action : 'warn';
}

function messageOf(run: RuleRun, runner: Runner): string {
  const { message: program, validation } = run.validation;
  const { answer } = run.decided;
  if (typeof answer !== 'boolean') {
    return oneLine(`could not be evaluated: ${answer.message}`, MESSAGE_CHARS);
  }
  return (program === null ? '' : said(program, run, runner)) || oneLine(validation.message, MESSAGE_CHARS);
}

/** Empty where it is no text. */
function said(program: Program, run: RuleRun, runner: Runner): string {
  const { result } = runner.runAside(program, run);
  return 'value' in result && typeof result.value === 'string' ? oneLine(result.value, MESSAGE_CHARS) : '';
}

/** The first values, shortened. */
export function seen({ seen: values }: Pick<Watched, 'seen'>, bounds = SEEN_IN_VERDICT): readonly SeenValue[] {
  return values.slice(0, bounds.values).map(({ text, value }) => ({
    expression: oneLine(text, bounds.expressionChars),
    value: oneLine(value, bounds.valueChars),
  }));
}
