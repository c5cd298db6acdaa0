import { AppError } from '#base/error.ts';

export type PolicyCode =
  /** What another scanner is told to ignore, in a form that it would refuse itself, or without what an exception needs. */
  | 'POLICY_IMPORT_INVALID'
  /** A document of policy that is not YAML of its kind: an unknown kind or member, a value of another type, a name that is no name. */
  | 'POLICY_DOCUMENT_INVALID'
  /** Documents that do not go together: two of one kind and name. */
  | 'POLICY_SET_INVALID'
  /** Expressions that do not compile, or documents that name what there is not. */
  | 'POLICY_NOT_COMPILED'
  /** A record of a decision that is none, or of a version that this release does not replay. */
  | 'POLICY_RECORD_INVALID';

/** Why policies cannot be used. Every one names the document, what was expected and what was there. */
export class PolicyError extends AppError<PolicyCode> {}
