import type { ErrorDetail } from './error.ts';
import { AppError, quote } from './error.ts';

export type HttpCode =
  /** The URL cannot be used: not https, or it carries a user name or password. */
  | 'HTTP_URL_REFUSED'
  /** The server answered with an error status. */
  | 'HTTP_STATUS'
  /** No connection, or it broke while the answer was coming. */
  | 'HTTP_UNREACHABLE'
  /** Nothing came for too long, or the whole took too long. */
  | 'HTTP_TIMEOUT'
  /** Too many redirects, or one that must not be followed. */
  | 'HTTP_REDIRECT_REFUSED'
  /** The answer is not what HTTP allows or what was asked for. */
  | 'HTTP_ANSWER_INVALID';

/** The object is the URL without its query, which may hold a secret. No part of an error body is kept. */
export class HttpError extends AppError<HttpCode> {
  /** The answer's status; null when there was no answer. */
  readonly status: number | null;
  /** After how long the server wants to be asked again; null when it does not say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: HttpCode,
    problem: string,
    detail: ErrorDetail & { readonly status?: number; readonly retryAfterMs?: number | null },
  ) {
    super(code, problem, detail);
    this.status = detail.status ?? null;
    this.retryAfterMs = detail.retryAfterMs ?? null;
  }
}

/** The URL as it may be shown: without user name, password, query and fragment. Also of a text that is no URL. */
export function redactUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed !== null) {
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  }
  const end = url.search(/[?#]/);
  const shown = end === -1 ? url : url.slice(0, end);
  return quote(shown.slice(shown.lastIndexOf('@') + 1));
}
