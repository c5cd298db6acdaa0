import { AppError, type ErrorDetail } from '#base/error.ts';

export type AccessCode =
  /** A role, a scope or an environment of a grant is none. */
  | 'GRANT_INVALID'
  /** A name that no user or robot may have. */
  | 'ACCOUNT_NAME_INVALID'
  /** A password that is too short or too long to be one. */
  | 'PASSWORD_REFUSED'
  /** No such account, another password, a robot that is past its time, a token that is not or no longer good: not said which. */
  | 'CREDENTIALS_REFUSED'
  /** Too many credentials that were wrong came for this account or from this address. */
  | 'TOO_MANY_ATTEMPTS';

/** What is wrong with a grant or with credentials. Never holds a secret. */
export class AccessError extends AppError<AccessCode> {
  /** Seconds after which it may be tried again; null when that changes nothing. */
  readonly retryAfter: number | null;

  constructor(code: AccessCode, problem: string, detail: ErrorDetail & { readonly retryAfter?: number } = {}) {
    super(code, problem, detail);
    this.retryAfter = detail.retryAfter ?? null;
  }
}
