import { AppError } from '#base/error.ts';

export type AccountCode =
  /** The subject may not do this to this account. */
  | 'ACCOUNT_DENIED'
  /** There is no such user or robot, or none that the subject may know of. */
  | 'ACCOUNT_UNKNOWN'
  /** Another account has this name. */
  | 'ACCOUNT_NAME_TAKEN'
  /** Nobody would be left to administer the server. */
  | 'ACCOUNT_LAST_ADMINISTRATOR'
  /** Something that robots have and users have not, or the other way round; an expiry that is too long. */
  | 'ACCOUNT_INVALID';

/** Why an account stays as it is. */
export class AccountError extends AppError<AccountCode> {}
