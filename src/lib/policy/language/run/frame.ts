import { CelError } from '../error.ts';
import type { Meter } from '../meter.ts';
import type { CelValue } from '../value.ts';

/** What one evaluation works with. */
export class Frame {
  readonly meter: Meter;
  /** Local variables and, behind them, those of the environment that were looked up. */
  readonly slots: (CelValue | undefined)[];
  readonly #lookUp: (variable: string) => CelValue;

  constructor(slots: number, lookUp: (variable: string) => CelValue, meter: Meter) {
    this.slots = [];
    for (let slot = 0; slot < slots; slot++) {
      this.slots.push(undefined);
    }
    this.#lookUp = lookUp;
    this.meter = meter;
  }

  load(slot: number, variable: string): CelValue {
    const value: CelValue | undefined = this.#lookUp(variable);
    if (value === undefined) {
      throw new CelError(`no value for '${variable}'`);
    }
    this.slots[slot] = value;
    return value;
  }
}

/** A compiled expression: its value in a frame. Throws `CelError` and `CelBudgetError`. */
export type Evaluate = (frame: Frame) => CelValue;
