import { AppError } from '#base/error.ts';

export type PolicyStoreCode =
  /** No record of a verdict has this digest here, or what stands in its place is not it. */
  | 'POLICY_RECORD_MISSING'
  /** Something that a record names is not here, or is damaged: the verdict cannot be computed again. */
  | 'POLICY_INPUT_MISSING'
  /** A verdict could not be kept with what it is made of, so nobody could check it later. */
  | 'POLICY_RECORD_NOT_KEPT';

/** What is wrong with what is kept of verdicts. */
export class PolicyStoreError extends AppError<PolicyStoreCode> {}
