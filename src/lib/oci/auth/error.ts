import { AppError, type ErrorDetail } from '#base/error.ts';

export type AuthCode =
  /** A credential file is not JSON, names a member twice, or holds an entry for the registry that cannot be read. */
  | 'CREDENTIALS_FILE_INVALID'
  /** A credential helper that a credential file names is not there, failed, took too long or answered something else. */
  | 'CREDENTIAL_HELPER_FAILED'
  /** There are credentials, but they may not be sent: to a token service of another origin, or unencrypted. */
  | 'CREDENTIALS_WITHHELD'
  /** The registry asks for authentication in a way that HTTP does not allow, or names no URL to get a token from. */
  | 'CHALLENGE_INVALID'
  /** The token service is not one to ask: plain http on behalf of a registry with TLS, or a user name in its URL. */
  | 'REALM_REFUSED'
  /** The token service gives no token to these credentials, or to nobody without credentials. */
  | 'TOKEN_REFUSED'
  /** The token service cannot answer now (429, 5xx). */
  | 'TOKEN_SERVICE_UNAVAILABLE'
  /** The token service says yes, but what it sends is no token. */
  | 'TOKEN_ANSWER_INVALID';

/** No text of these errors holds a password or token; where a service could repeat one, its text is left out. */
export class AuthError extends AppError<AuthCode> {
  /** The status that a token service answered; null when the error is not about an answer. */
  readonly status: number | null;
  /** True when the same request may well succeed later. */
  readonly temporary: boolean;

  constructor(code: AuthCode, problem: string, detail: ErrorDetail & { readonly status?: number } = {}) {
    super(code, problem, detail);
    this.status = detail.status ?? null;
    this.temporary = code === 'TOKEN_SERVICE_UNAVAILABLE';
  }
}
