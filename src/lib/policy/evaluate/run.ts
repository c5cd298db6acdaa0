import type { CompiledPolicy } from '../compile/compiled.ts';
import type { BoundFacts } from '../facts/bind.ts';
import { CelBudgetError, CelError } from '../language/error.ts';
import type { Meter } from '../language/meter.ts';
import type { Program, Watched } from '../language/program.ts';
import { createMeter } from '../language/run/meter.ts';
import type { CelValue } from '../language/value.ts';
import type { EvaluationBudget } from './request.ts';

/** What an expression came to. */
export interface Ran {
  readonly result: { readonly value: CelValue } | { readonly error: CelError | CelBudgetError };
  /** Units, with those of the variables that it read. */
  readonly cost: number;
  /** When it could come out otherwise, nanoseconds; null for never. */
  readonly turnsAt: bigint | null;
  /** Variables of facts and context that were looked at, also by variables of the policy. */
  readonly reads: ReadonlySet<string>;
}

/** The image as some rules see it: without what exceptions take. */
export interface View {
  readonly bound: BoundFacts;
  /** Variables of policies that were asked for, by policy and name. */
  readonly variables: Map<string, Ran>;
}

/** Where an expression stands. */
export interface Scope {
  readonly policy: CompiledPolicy;
  readonly view: View;
}

/** Runs expressions of policies at one instant. */
export class Runner {
  readonly #now: bigint;
  readonly #perRule: number;
  /** For all that is run aside: no less is spent on telling of rules than on the rules. */
  #aside: number;
  #exhausted = false;

  /** `now` in nanoseconds since 1970. A variable of a policy may spend what a rule may. */
  constructor(now: bigint, { perRule, perEvaluation }: EvaluationBudget) {
    this.#now = now;
    this.#perRule = perRule;
    this.#aside = perEvaluation;
  }

  /** Whether anything came out otherwise than it would have with more to spend. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Never throws what an expression may: that is its result. */
  run(program: Program, scope: Scope, allowed: number): Ran {
    const meter = createMeter(allowed, this.#now);
    const reads = new Set<string>();
    const result = resultOf(() => program.evaluate((name) => this.#lookUp(name, scope, meter, reads), meter));
    this.#exhausted ||= 'error' in result && result.error instanceof CelBudgetError;
    return { result, cost: Math.min(meter.spent, allowed), turnsAt: meter.horizon, reads };
  }

  /** For what changes no outcome, such as messages: it is no part of what rules spend, and bounded by itself. */
  runAside(program: Program, scope: Scope): Ran {
    const ran = this.run(program, scope, Math.min(this.#perRule, this.#aside));
    this.#aside -= ran.cost;
    return ran;
  }

  /** The same step by step. It turns nothing: it is for people. */
  watch(program: Program, scope: Scope, maxChars: number): Watched {
    const allowed = Math.min(this.#perRule, this.#aside);
    const meter = createMeter(allowed, this.#now);
    try {
      return program.watch((name) => this.#lookUp(name, scope, meter, new Set()), meter, maxChars);
    } catch (error) {
      return { outcome: { error: expected(error).message }, seen: [] };
    } finally {
      this.#exhausted ||= meter.spent > allowed;
      this.#aside -= Math.min(meter.spent, allowed);
    }
  }

  /** A variable of a policy: found once in a view, and told whole to all who read it, so that no rule is cheaper for another's work. */
  variable(name: string, { policy, view }: Scope): Ran {
    const key = `${policy.policy.name}/${name}`;
    const known = view.variables.get(key);
    if (known !== undefined) {
      return known;
    }
    const program = policy.variables.find((variable) => variable.name === name)?.program;
    const ran =
      program === undefined
        ? { result: { error: new CelError(`no variable ${name}`) }, cost: 0, turnsAt: null, reads: new Set<string>() }
        : this.run(program, { policy, view }, this.#perRule);
    view.variables.set(key, ran);
    return ran;
  }

  #lookUp(name: string, scope: Scope, meter: Meter, reads: Set<string>): CelValue {
    const [, kind, member = ''] = /^(params|variables)\.(.*)$/.exec(name) ?? [];
    if (kind === 'variables') {
      return this.#valueOf(this.variable(member, scope), meter, reads);
    }
    const value = kind === 'params' ? scope.policy.parameters.get(member) : scope.view.bound.lookUp(name);
    if (value === undefined) {
      throw new CelError(`no variable ${name}`);
    }
    reads.add(name);
    return value;
  }

  #valueOf({ result, cost, turnsAt, reads: read }: Ran, meter: Meter, reads: Set<string>): CelValue {
    for (const name of read) {
      reads.add(name);
    }
    if (turnsAt !== null) {
      meter.turns(turnsAt);
    }
    meter.charge(cost);
    if ('error' in result) {
      throw result.error;
    }
    return result.value;
  }
}

function resultOf(evaluate: () => CelValue): Ran['result'] {
  try {
    return { value: evaluate() };
  } catch (error) {
    return { error: expected(error) };
  }
}

/** Anything else is a mistake of ours, and no verdict. */
function expected(error: unknown): CelError | CelBudgetError {
  if (error instanceof CelError || error instanceof CelBudgetError) {
    return error;
  }
  throw error;
}
