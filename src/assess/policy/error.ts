import { AppError } from '#base/error.ts';

export type PolicyUseCode =
  /** The active policies have no environment of this name. */
  | 'ENVIRONMENT_UNKNOWN'
  /** The environment of a record has no rule of this name. */
  | 'RULE_UNKNOWN'
  /** What was named as a record is neither a digest nor a file. */
  | 'RECORD_UNREADABLE'
  /** What was to be judged was matched with no advisories, or not all of its findings are at hand. */
  | 'REPORT_NOT_JUDGED';

/** Why nothing can be decided by policy. */
export class PolicyUseError extends AppError<PolicyUseCode> {}
