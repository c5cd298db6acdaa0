import { compareText } from '#base/compare.ts';
import type { Facts } from '#model/facts.ts';
import type { PolicyContext } from '#model/policy.ts';
import type { CompiledExpression, CompiledPolicy, CompiledValidation } from '../compile/compiled.ts';
import type { CelBudgetError, CelError } from '../language/error.ts';
import { type ConsideredException, isForRule } from './exceptions/consider.ts';
import { isForStage, unmatchedBy } from './match.ts';
import type { View } from './run.ts';
import { type Decided, NOT_RUN, type Spending } from './spending.ts';
import type { Views } from './view.ts';

/** A rule that was asked, or was not. */
export interface RuleRun {
  readonly policy: CompiledPolicy;
  readonly validation: CompiledValidation;
  /** Why it was not asked, a sentence part; null where it was. */
  readonly skipped: string | null;
  readonly decided: Decided;
  readonly view: View;
  /** Those that name it and what it is about, whatever their state. */
  readonly exceptions: readonly ConsideredException[];
}

export interface Running {
  readonly facts: Facts;
  readonly context: PolicyContext;
  readonly views: Views;
  readonly spending: Spending;
  readonly exceptions: readonly ConsideredException[];
}

/** What became of the conditions of a policy. */
export interface MatchRun {
  readonly skipped: string | null;
  readonly error: CelError | CelBudgetError | null;
  readonly conditions: readonly Decided[];
}

export interface PolicyRun {
  readonly match: MatchRun;
  /** Sorted by name. */
  readonly rules: readonly RuleRun[];
}

/** Asks all rules of a policy. Whether it speaks of the image does not depend on exceptions: they are of rules. */
export function runPolicy(policy: CompiledPolicy, running: Running): PolicyRun {
  const match = runMatch(policy, running);
  const rules = policy.validations.toSorted((a, b) => compareText(a.rule, b.rule));
  return { match, rules: rules.map((rule) => runRule(policy, rule, match, running)) };
}

/** As Kubernetes has it: one false condition is enough to pass over the policy, and else an error is one of all its rules. */
function runMatch(policy: CompiledPolicy, { facts, context, views, spending }: Running): MatchRun {
  const skipped = unmatchedBy(policy.policy.match, facts.image, context.stage);
  if (skipped !== null) {
    return { skipped, error: null, conditions: [] };
  }
  const scope = { policy, view: views.without([]) };
  const conditions: Decided[] = [];
  let error: MatchRun['error'] = null;
  for (const { name, program } of sortedByName(policy.conditions)) {
    const decided = spending.decide(program, scope);
    conditions.push(decided);
    if (decided.answer === false) {
      return { skipped: `the condition ${name} of the policy does not hold`, error: null, conditions };
    }
    error ??= decided.answer === true ? null : decided.answer;
  }
  return { skipped: null, error, conditions };
}

function runRule(policy: CompiledPolicy, validation: CompiledValidation, match: MatchRun, running: Running): RuleRun {
  const { stages } = validation.validation;
  const skipped =
    match.skipped ??
    (isForStage(stages, running.context.stage) ? null : `the rule is for the stages ${stages.join(', ')}`);
  const exceptions = running.exceptions.filter(({ exception }) =>
    isForRule(exception, policy.policy.name, validation.rule),
  );
  const view = running.views.without(exceptions.filter(({ state }) => state === 'in-force'));
  const about = { policy, validation, skipped, view, exceptions };
  if (skipped !== null || match.error !== null) {
    return { ...about, decided: { ...NOT_RUN, answer: match.error ?? true } };
  }
  return { ...about, decided: running.spending.decide(validation.program, { policy, view }) };
}

function sortedByName(expressions: readonly CompiledExpression[]): readonly CompiledExpression[] {
  return expressions.toSorted((a, b) => compareText(a.name, b.name));
}
