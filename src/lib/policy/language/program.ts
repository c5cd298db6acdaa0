import type { CelIssue } from './error.ts';
import type { Library } from './library.ts';
import type { Meter } from './meter.ts';
import type { CelType } from './type.ts';
import type { CelValue } from './value.ts';

/** Names that an expression may use, besides those of libraries. */
export interface Environment {
  readonly variables: ReadonlyMap<string, CelType>;
  readonly libraries: readonly Library[];
  /** `a.b.c` for names inside it first; empty for none. */
  readonly container: string;
  /** False leaves the types alone, for the conformance data. Policies are always checked. */
  readonly checked: boolean;
}

export type Compiled =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly issues: readonly CelIssue[] };

/** An expression that has been read and checked. */
export interface Program {
  readonly text: string;
  readonly type: CelType;
  /** Variables that it reads, by their names in the environment. */
  readonly variables: ReadonlySet<string>;
  /** Whether a function of it reads the time of the context. */
  readonly readsTime: boolean;
  /** Macros and comprehensions inside each other; for the lint of costs. */
  readonly depth: number;
  /** Throws `CelError` and `CelBudgetError`, nothing else. `lookUp` is asked once for each variable that is reached. */
  evaluate(lookUp: (variable: string) => CelValue, meter: Meter): CelValue;
  /**
   * The same, and every sub-expression worth showing (variables, fields, calls, comparisons; of comprehensions the whole) with its value or error
   * as text of at most `maxChars`, in the order of the text. For explaining: slower.
   */
  watch(lookUp: (variable: string) => CelValue, meter: Meter, maxChars: number): Watched;
}

export interface Watched {
  readonly outcome: { readonly value: CelValue } | { readonly error: string };
  readonly seen: readonly SeenExpression[];
}

export interface SeenExpression {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
  readonly value: string;
}
