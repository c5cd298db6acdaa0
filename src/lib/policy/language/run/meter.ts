import { CelBudgetError } from '../error.ts';
import type { Meter } from '../meter.ts';

/** A meter, and what it has learnt when the evaluation is over. */
export interface CountingMeter extends Meter {
  /** Units so far. */
  readonly spent: number;
  /** The earliest instant (nanoseconds) from which on an answer could be another; null where no comparison depends on time. */
  readonly horizon: bigint | null;
}

/** For one evaluation that may spend `budget` units at the time `now` (nanoseconds since 1970). */
export function createMeter(budget: number, now: bigint): CountingMeter {
  return new BudgetMeter(budget, now);
}

class BudgetMeter implements CountingMeter {
  readonly now: bigint;
  readonly #budget: number;
  #spent = 0;
  #horizon: bigint | null = null;

  constructor(budget: number, now: bigint) {
    this.now = now;
    this.#budget = budget;
  }

  get spent(): number {
    return this.#spent;
  }

  get horizon(): bigint | null {
    return this.#horizon;
  }

  charge(units: number): void {
    this.#spent += units;
    if (this.#spent > this.#budget) {
      throw new CelBudgetError(this.#budget);
    }
  }

  turns(at: bigint): void {
    if (at > this.now && (this.#horizon === null || at < this.#horizon)) {
      this.#horizon = at;
    }
  }
}
