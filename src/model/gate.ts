/** A level that `--fail-on` takes: findings as bad as this or worse refuse the image. */
export const FAIL_LEVELS = ['critical', 'high', 'medium', 'low', 'any'] as const;
export type FailLevel = (typeof FAIL_LEVELS)[number];

/** The answer to `--fail-on`, before there is a policy to ask. */
export interface Gate {
  readonly failOn: FailLevel;
  /** `unknown`: nothing refuses the image, but something that could hide a finding is not known. */
  readonly outcome: 'passed' | 'refused' | 'unknown';
  /** Sentence parts for the user, the decisive one first. */
  readonly reasons: readonly string[];
  /** Why unknowns were let pass, in the words of whoever let them. */
  readonly allowUnknown?: string;
}
