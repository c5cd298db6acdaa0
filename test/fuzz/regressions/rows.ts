/** An input that fuzzing found, and that has to be refused or accepted in order ever since. */
export interface Regression {
  /** The id of the target. */
  readonly target: string;
  /** What went wrong. */
  readonly why: string;
  /** Base64. */
  readonly input: string;
}

export const REGRESSIONS: readonly Regression[] = [];
