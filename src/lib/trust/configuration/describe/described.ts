/** One rule, signer or root in words. */
export interface Described {
  /** `release, operator release-team`. */
  readonly title: string;
  readonly facts: readonly Fact[];
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}
