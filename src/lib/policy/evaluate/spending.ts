import { CelBudgetError, CelError } from '../language/error.ts';
import type { Program } from '../language/program.ts';
import type { EvaluationBudget } from './request.ts';
import type { Ran, Runner, Scope } from './run.ts';

/** Spends the budget of one evaluation, rule by rule. */
export class Spending {
  readonly #runner: Runner;
  readonly #budget: EvaluationBudget;
  #left: number;

  constructor(runner: Runner, budget: EvaluationBudget) {
    this.#runner = runner;
    this.#budget = budget;
    this.#left = budget.perEvaluation;
  }

  /** True or false; an error for everything else, and where nothing is left to spend. */
  decide(program: Program, scope: Scope): Decided {
    if (this.#left <= 0) {
      return { ...NOT_RUN, answer: new CelBudgetError(this.#budget.perEvaluation) };
    }
    const ran = this.#runner.run(program, scope, Math.min(this.#budget.perRule, this.#left));
    this.#left -= ran.cost;
    return { ...ran, ran: true, answer: answerOf(ran.result) };
  }
}

export interface Decided extends Omit<Ran, 'result'> {
  readonly answer: boolean | CelError | CelBudgetError;
  /** False where nothing was left, or the conditions of the policy could not be evaluated. */
  readonly ran: boolean;
}

export const NOT_RUN: Omit<Decided, 'answer'> = { ran: false, cost: 0, turnsAt: null, reads: new Set() };

function answerOf(result: Ran['result']): Decided['answer'] {
  if ('error' in result) {
    return result.error;
  }
  return typeof result.value === 'boolean' ? result.value : new CelError('expected true or false');
}
