import { compareText } from '#base/compare.ts';
import type { Facts } from '#model/facts.ts';
import type { Verdict } from '#model/verdict.ts';
import { bindFacts } from '../facts/bind.ts';
import { CelBudgetError } from '../language/error.ts';
import { decide } from './decide.ts';
import { ENGINE } from './engine.ts';
import { type ConsideredException, considerExceptions } from './exceptions/consider.ts';
import { reportExceptions } from './exceptions/report.ts';
import { factsAt } from './facts-at.ts';
import { toNanoseconds } from './horizon.ts';
import { inputsOf } from './inputs.ts';
import { type PolicyRun, runPolicy } from './policy-run.ts';
import type { EvaluateRequest } from './request.ts';
import { judgeRule } from './rule-result.ts';
import { Runner } from './run.ts';
import { scoreOf } from './score.ts';
import { Spending } from './spending.ts';
import { judgeUnknowns } from './unknowns.ts';
import { validUntil } from './valid-until.ts';
import { Views } from './view.ts';

/**
 * What the policies of an environment say of an image. Pure: no clock, no file, no network, nothing kept; the same request gives the same
 * verdict, in whatever order its policies, rules, exceptions, packages and findings are given. Throws nothing for what documents
 * or facts say: what cannot be evaluated is broken.
 */
export function evaluate(request: EvaluateRequest): Verdict {
  return conclude(request, prepare(request));
}

/** The same verdict where it takes no more than so many units; null where it takes more, or may. Soon over in any case. */
export function evaluateWithin(request: EvaluateRequest, units: number): Verdict | null {
  const { perRule, perEvaluation } = request.budget;
  const budget = { perRule: Math.min(perRule, units), perEvaluation: Math.min(perEvaluation, units) };
  const prepared = prepare({ ...request, budget });
  if (isExhausted(prepared)) {
    return null;
  }
  const verdict = conclude(request, prepared);
  return isExhausted(prepared) ? null : verdict;
}

function isExhausted({ runner, runs }: Prepared): boolean {
  return (
    runner.exhausted || runs.some(({ rules }) => rules.some(({ decided }) => decided.answer instanceof CelBudgetError))
  );
}

function conclude(request: EvaluateRequest, prepared: Prepared): Verdict {
  const { facts, now, runner, exceptions, runs } = prepared;
  const { environment } = request.compiled;
  const judging = { facts, environment, now, runner };
  const rules = runs.flatMap((run) => run.rules.map((rule) => judgeRule(rule, judging)));
  const results = rules.map(({ result }) => result).toSorted((a, b) => compareText(a.rule, b.rule));
  const unknowns = judgeUnknowns(facts, environment, now);
  const decided = decide(results, unknowns, environment, request.allowUnknown);
  const { used, idle } = reportExceptions(exceptions, rules);
  const { reference, repository, digest, platform } = facts.image;
  return {
    schemaVersion: '2.0',
    engine: ENGINE,
    image: { reference, repository, digest, platform },
    context: request.context,
    ...decided,
    rules: results,
    unknowns: {
      tolerated: unknowns.tolerated,
      refused: unknowns.refused,
      reasons: unknowns.reasons,
      allowed: unknowns.refused > 0 ? request.allowUnknown : null,
    },
    exceptions: used,
    idleExceptions: idle,
    score: scoreOf(facts, environment, exceptions, unknowns, now),
    validUntil: validUntil(runs, rules, unknowns, decided.decision, facts, now),
    inputs: inputsOf(request, exceptions),
  };
}

/** All rules have run. */
export interface Prepared {
  readonly facts: Facts;
  /** Milliseconds. */
  readonly now: number;
  readonly runner: Runner;
  readonly views: Views;
  readonly exceptions: readonly ConsideredException[];
  /** By policy, sorted by name. */
  readonly runs: readonly PolicyRun[];
}

export function prepare({ facts: given, compiled, set, context, budget }: EvaluateRequest): Prepared {
  const now = Date.parse(context.time);
  const facts = factsAt(given, now);
  const { environment } = compiled;
  const exceptions = considerExceptions(set.exceptions, environment, facts, now);
  const sources = set.sources.toSorted((a, b) => compareText(a.name, b.name));
  const views = new Views(bindFacts({ facts, sources, environment, context }), exceptions);
  const runner = new Runner(toNanoseconds(now), budget);
  const running = { facts, context, views, spending: new Spending(runner, budget), exceptions };
  const policies = compiled.policies.toSorted((a, b) => compareText(a.policy.name, b.policy.name));
  return { facts, now, runner, views, exceptions, runs: policies.map((policy) => runPolicy(policy, running)) };
}
