import { compareText } from '#base/compare.ts';
import type { Action, Expression, NamedExpression } from '#model/policy.ts';
import type { IdleException, RuleResult, SeenValue } from '#model/verdict.ts';
import type { CompiledPolicy } from '../compile/compiled.ts';
import type { Program, Watched } from '../language/program.ts';
import { showValue } from '../language/run/show.ts';
import { prepare } from './evaluate.ts';
import type { ConsideredException } from './exceptions/consider.ts';
import { toInstant } from './horizon.ts';
import type { RuleRun } from './policy-run.ts';
import type { EvaluateRequest } from './request.ts';
import { judgeRule, type SeenBounds, seen } from './rule-result.ts';
import type { Runner, Scope, View } from './run.ts';
import { turnOfRules } from './valid-until.ts';

/** One rule walked through, with values: plain data for people. */
export interface RuleExplanation {
  readonly result: RuleResult;
  readonly policy: string;
  readonly description: string;
  /** As its policy has it, before the environment's. */
  readonly ownAction: Action;
  /** Why it is not asked; empty where it is. */
  readonly skipped: string;
  /** Of the policy, in its order: all have to be true. They see what exceptions take, too. */
  readonly conditions: readonly ExplainedExpression[];
  /** Sorted by name. */
  readonly parameters: readonly ExplainedValue[];
  /** Those that the rule reads, directly or by another, in the order of the policy. */
  readonly variables: readonly ExplainedExpression[];
  readonly expression: ExplainedExpression;
  /** All of this image and environment that name this rule, or all rules. */
  readonly exceptions: readonly ExplainedException[];
  /** From when on it could come out otherwise, ISO 8601 UTC; null for never. */
  readonly turnsAt: string | null;
}

export interface ExplainedExpression {
  readonly name: string;
  readonly expression: Expression;
  /** Its value, or `error: …`; empty where it was not asked. */
  readonly value: string;
  readonly saw: readonly SeenValue[];
}

export interface ExplainedValue {
  readonly name: string;
  readonly value: string;
}

export interface ExplainedException {
  readonly name: string;
  readonly state: 'used' | IdleException['why'];
  readonly expires: string;
  /** Ids of findings and package URLs that it takes from what the rule sees, sorted. */
  readonly findings: readonly string[];
  readonly packages: readonly string[];
}

const SEEN: SeenBounds = { values: 200, expressionChars: 1000, valueChars: 1000 };

/** The rule `POLICY/RULE` of the environment as `evaluate` sees it; null where the environment has no such rule. */
export function explainRule(request: EvaluateRequest, rule: string): RuleExplanation | null {
  const { facts, now, runner, views, runs } = prepare(request);
  const ofPolicy = runs.find(({ rules }) => rules.some(({ validation }) => validation.rule === rule));
  const run = ofPolicy?.rules.find(({ validation }) => validation.rule === rule);
  if (ofPolicy === undefined || run === undefined) {
    return null;
  }
  const { policy, validation, skipped, decided } = run;
  const judged = judgeRule(run, { facts, environment: request.compiled.environment, now, runner });
  const explained = new Explaining(runner, { policy, view: run.view });
  const matching = new Explaining(runner, { policy, view: views.without([]) });
  const turn = turnOfRules([{ match: ofPolicy.match, rules: [run] }], [judged], facts, now);
  const { name, description, match, variables, validations } = policy.policy;
  const own = validations.find((one) => `${name}/${one.name}` === rule) ?? validation.validation;
  const read = readBy(validation.program, policy);
  return {
    result: judged.result,
    policy: name,
    description,
    ownAction: own.action,
    skipped: skipped ?? '',
    conditions: match.conditions.map((one) => matching.explain(one, programOf(policy.conditions, one))),
    parameters: [...policy.parameters]
      .map(([parameter, value]) => ({ name: parameter, value: showValue(value, SEEN.valueChars) }))
      .toSorted((a, b) => compareText(a.name, b.name)),
    variables: variables
      .filter((one) => read.has(one.name))
      .map((one) => explained.explain(one, skipped === null ? programOf(policy.variables, one) : null)),
    expression: explained.explain(validation.validation, decided.ran ? validation.program : null),
    exceptions: run.exceptions.map((exception) => explainException(exception, judged.touching)),
    turnsAt: turn === null ? null : toInstant(turn),
  };
}

class Explaining {
  readonly #runner: Runner;
  readonly #scope: Scope;

  constructor(runner: Runner, scope: { readonly policy: CompiledPolicy; readonly view: View }) {
    this.#runner = runner;
    this.#scope = scope;
  }

  explain({ name, expression }: NamedExpression, program: Program | null): ExplainedExpression {
    if (program === null) {
      return { name, expression, value: '', saw: [] };
    }
    const watched = this.#runner.watch(program, this.#scope, SEEN.valueChars);
    return { name, expression, value: outcomeOf(watched), saw: seen(watched, SEEN) };
  }
}

function outcomeOf({ outcome }: Watched): string {
  return 'error' in outcome ? `error: ${outcome.error}` : showValue(outcome.value, SEEN.valueChars);
}

function programOf(compiled: CompiledPolicy['variables'], { name }: NamedExpression): Program | null {
  return compiled.find((one) => one.name === name)?.program ?? null;
}

/** Names of variables of the policy. Each sees those before it only, so that one way back is enough. */
function readBy(program: Program, { variables }: CompiledPolicy): ReadonlySet<string> {
  const read = new Set(namesIn(program));
  for (const { name, program: variable } of variables.toReversed()) {
    if (read.has(name)) {
      for (const other of namesIn(variable)) {
        read.add(other);
      }
    }
  }
  return read;
}

function namesIn({ variables }: Program): readonly string[] {
  const prefix = 'variables.';
  return [...variables].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

function explainException(one: ConsideredException, touching: RuleRun['exceptions']): ExplainedException {
  const { name, expires } = one.exception;
  const used = touching.includes(one) ? 'used' : 'unused';
  return {
    name,
    state: one.state === 'in-force' ? used : one.state,
    expires,
    findings: [...one.findings].map(({ id }) => id).toSorted(compareText),
    packages: [...one.packages].map(({ purl }) => purl).toSorted(compareText),
  };
}
