import { AppError } from '#base/error.ts';

export type DetailsErrorCode =
  /** The subject may not say this of the repository. */
  | 'DETAILS_DENIED'
  /** There is no such repository. */
  | 'DETAILS_REPOSITORY_UNKNOWN'
  /** A text is too long, a label or a pattern is none. */
  | 'DETAILS_INVALID';

/** Why what is said of a repository stays as it is. */
export class DetailsError extends AppError<DetailsErrorCode> {}

export type UsesErrorCode =
  /** The subject may not say what runs there. */
  | 'USES_DENIED'
  /** The name of a place is none, or there are too many uses. */
  | 'USES_INVALID';

/** Why a report of what runs is not taken. */
export class UsesError extends AppError<UsesErrorCode> {}
