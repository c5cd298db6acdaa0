import type { Checked, Reference } from '../check/checked.ts';
import { CelError } from '../error.ts';
import type { Meter } from '../meter.ts';
import type { Expression } from '../parse/ast.ts';
import type { CelValue } from '../value.ts';
import { COST } from './cost.ts';
import type { Evaluate, Frame } from './frame.ts';

/** How a local variable gets its value. */
export interface Local {
  /** Of its own: no two variables of an expression share one, so that what is found late finds its surroundings as they were. */
  readonly slot: number;
  /** Found when it is first asked for; null where whoever brings the variable sets it. */
  readonly late: Evaluate | null;
}

/** What the parts of the compiler share about one expression. */
export interface Builder {
  readonly checked: Checked;
  compile(node: Expression): Evaluate;
  referenceOf(node: Expression): Reference | undefined;
  /** The slot of a variable of the environment. */
  variable(name: string): number;
  local(checkedSlot: number): Local;
  newSlot(): number;
  /** Compiles with the checker's slots, from the first of a scope on, meaning these. */
  within<T>(scope: Expression, locals: readonly Local[], compile: () => T): T;
}

/** The same error at this place of the text, where it had none. */
export function located(error: unknown, offset: number): unknown {
  return error instanceof CelError ? error.at(offset) : error;
}

export function noSuchOverload(offset: number): CelError {
  return new CelError('no such overload', offset);
}

/** The error where it may be absorbed, which is charged; throws all others. */
export function absorbed(error: unknown, meter: Meter): CelError {
  if (error instanceof CelError) {
    meter.charge(COST.absorbedError);
    return error;
  }
  throw error;
}

export function readLocal({ slot, late }: Local, frame: Frame): CelValue {
  const known = frame.slots[slot];
  if (known !== undefined) {
    return known;
  }
  if (late === null) {
    throw new CelError('local variable without a value');
  }
  const value = late(frame);
  frame.slots[slot] = value;
  return value;
}
